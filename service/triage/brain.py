"""The built-in brain: from what a message says and how it came to a category, an urgency and reasons."""

from __future__ import annotations

from dataclasses import dataclass

from service.domain.verdicts import Category, Request, When
from service.triage.addressee import Addressee
from service.triage.pressure import earliest, hours_left, in_words, same_day
from service.triage.reading import Reading


@dataclass(frozen=True, slots=True)
class Opinion:
    category: Category
    urgency: float
    reasons: tuple[str, ...]


def opinion(reading: Reading) -> Opinion:
    if reading.own:
        return Opinion(Category.FYI, 0.1, ("you wrote this",))
    asked = _asked(reading)
    due = earliest(asked, reading.person.zone)
    category = _category(reading, asked, due)
    return Opinion(category, round(_urgency(reading, category, asked, due), 2), _reasons(reading, category, asked, due))


def _asked(reading: Reading) -> tuple[Request, ...]:
    """What may fall to the person: asked of them, or of everybody in a mail that names them."""
    if reading.impersonal:
        return ()
    mine = tuple(r for r in reading.said.requests if r.of_me)
    if mine or reading.newsletter or reading.from_strange_list or not _reached(reading):
        return mine
    return tuple(a.request for a in reading.said.asked if a.of is Addressee.ALL)


def _reached(reading: Reading) -> bool:
    """Whether the mail names the person at all; where nobody knows who reads, it does."""
    me, message = reading.person, reading.message
    return not me.emails or any(me.is_me(a.email) for a in (*message.to, *message.cc))


def _category(reading: Reading, asked: tuple[Request, ...], due: When | None) -> Category:
    if _sells(reading):
        return Category.PROMOTION
    if reading.distinct("automatic"):
        return Category.FYI
    private = _is_private(reading)
    pressing = _is_pressing(reading, asked, due)
    waits = private and not _by_today(reading, due) and not reading.distinct("alarming")
    if pressing and not reading.newsletter and not waits:
        return Category.URGENT
    if private:
        return Category.PERSONAL
    if asked and not _merely_informs(reading, asked):
        return Category.NEEDS_REPLY
    return Category.FYI


def _sells(reading: Reading) -> bool:
    if reading.junk.spam or (reading.phishing and reading.junk.likely > 0.2):
        return True
    score = (
        reading.density("selling")
        + 0.5 * reading.density("trade")
        - 0.6 * reading.density("work")
        + 1.5 * reading.in_subject("selling")
    )
    if reading.newsletter:
        score += 3 if reading.message.bulk.unsubscribe else 1
    if reading.relation.sent or reading.relation.answered:
        score -= 3
    if reading.message.in_reply_to or reading.discussion:
        score -= 2  # a list's own footer sells, whatever is discussed above it
    return score >= 5


def _is_private(reading: Reading) -> bool:
    score = reading.density("private_life") * 0.75 + 0.5 * min(2, reading.distinct("casual")) - reading.density("work") * 0.6
    if reading.private_sender:
        score += 1
    if reading.machine or reading.newsletter:
        score -= 4
    return score >= 1.4


def _by_today(reading: Reading, due: When | None) -> bool:
    return same_day(due, reading.message.sent_at, reading.person.zone)


def _is_pressing(reading: Reading, asked: tuple[Request, ...], due: When | None) -> bool:
    if reading.distinct("no_action"):
        return False
    if asked and _by_today(reading, due):
        return True
    if asked and reading.distinct("alarming"):
        return True
    words = (reading.distinct("pressing") + 0.4 * reading.distinct("troubled")) / max(1, reading.size / 150)
    left = hours_left(due, reading.message.sent_at, reading.person.zone)
    soon = left is not None and left < 36
    return words >= 3 or (bool(asked) and (words >= 2 or (words >= 0.8 and soon)))


def _merely_informs(reading: Reading, asked: tuple[Request, ...]) -> bool:
    """Says that nothing is wanted, or tells more than the one polite request in it asks."""
    if reading.distinct("no_action"):
        return not any(r.due or r.question for r in asked)
    return reading.distinct("informing") >= 2 and len(asked) < 2 and not any(r.question or r.due for r in asked)


_BASE = {Category.URGENT: 0.8, Category.NEEDS_REPLY: 0.5, Category.PERSONAL: 0.35, Category.FYI: 0.2, Category.PROMOTION: 0.05}
_RANGE = {
    Category.URGENT: (0.7, 1.0),
    Category.NEEDS_REPLY: (0.3, 0.75),
    Category.PERSONAL: (0.15, 0.7),
    Category.FYI: (0.05, 0.4),
    Category.PROMOTION: (0.0, 0.12),
}


def _urgency(reading: Reading, category: Category, asked: tuple[Request, ...], due: When | None) -> float:
    value = _BASE[category]
    left = hours_left(due, reading.message.sent_at, reading.person.zone)
    if left is not None:
        value += 0.15 if left < 12 else 0.1 if left < 36 else 0.05 if left < 96 else 0
    value += 0.03 * min(3, reading.distinct("pressing"))
    if any(r.of_me for r in asked):
        value += 0.05
    relation = reading.relation
    if relation.answered and relation.answered * 2 > relation.received:
        value += 0.05
    elif not (relation.received or relation.sent or relation.known):
        value -= 0.02
    if reading.machine or reading.newsletter:
        value -= 0.1
    if reading.distinct("no_action"):
        value -= 0.1
    low, high = _RANGE[category]
    return min(high, max(low, value))


def _reasons(reading: Reading, category: Category, asked: tuple[Request, ...], due: When | None) -> tuple[str, ...]:
    reasons: list[str] = [f"may be phishing: {sign}" for sign in reading.phishing]
    if reading.said.manipulates:
        reasons.append("holds words meant to steer a program: nothing after them counts")
    who = reading.message.sender.label or "somebody unnamed"
    if category is Category.PROMOTION:
        reasons += _why_unwanted(reading)
    elif asked:
        reasons.append(f"{who} asks you directly" if any(r.of_me for r in asked) else f"{who} asks everybody who got this")
        if due:
            reasons.append(in_words(due, reading.person.zone))
    if category is Category.URGENT and reading.distinct("pressing"):
        reasons.append("says " + ", ".join(f'"{p}"' for p in reading.tones["pressing"][:3]))
    if category is Category.PERSONAL:
        reasons.append("about private life: " + ", ".join(reading.tones.get("private_life", ("its tone",))[:3]))
    if category is Category.FYI:
        reasons += _why_informing(reading)
    reasons += _how_it_came(reading)
    return tuple(dict.fromkeys(reasons)) or ("nothing is asked of you",)


def _why_unwanted(reading: Reading) -> list[str]:
    found = list(reading.junk.reasons if reading.junk.spam else ())
    selling = reading.tones.get("selling", ())
    if selling:
        found.append("sells something: " + ", ".join(selling[:3]))
    return found or ["looks like advertising"]


def _why_informing(reading: Reading) -> list[str]:
    if reading.distinct("automatic"):
        return ["an automatic reply"]
    for tone in ("no_action", "informing"):
        if reading.distinct(tone):
            return [f'says "{reading.tones[tone][0]}"']
    return ["nothing is asked of you"]


def _how_it_came(reading: Reading) -> list[str]:
    message, relation, me = reading.message, reading.relation, reading.person
    found = []
    if reading.newsletter:
        found.append(f"newsletter (list id {message.bulk.list_id})" if message.bulk.list_id else "sent to many at once")
    elif message.bulk.is_list:
        found.append(f"a mailing list ({message.bulk.list_id})")
    elif reading.machine:
        found.append("written by a program")
    to_me = any(me.is_me(a.email) for a in message.to)
    if to_me and len(message.to) == 1 and not message.cc:
        found.append("sent to you alone")
    elif not to_me and any(me.is_me(a.email) for a in message.cc):
        found.append("you are only in Cc")
    if relation.answered > 2:
        found.append(f"you answered them {relation.answered} times")
    elif relation.known:
        found.append("in your contacts")
    return found
