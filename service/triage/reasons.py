"""Why a message was judged as it was, in words: the traits that weighed most, strongest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from service.domain.verdicts import Category
from service.triage.linear import Linear
from service.triage.pressure import in_words
from service.triage.reading import Reading
from service.triage.traits import Considered
from service.triage.urgency import meets_soon

_LEAST = 0.15
"""What a group of traits must have moved the scores by to be named."""


def reasons(case: Considered, model: Linear, category: Category, instead: Category | None) -> tuple[str, ...]:
    """`instead` is the category it would have been otherwise: what counts is what spoke for the one against the other."""
    reading = case.reading
    found = [f"may be phishing: {sign}" for sign in reading.phishing]
    if reading.said.manipulates:
        found.append("holds words meant to steer a program: nothing after them counts")
    if category is Category.PROMOTION and reading.junk.spam:
        found += reading.junk.reasons
    weighed = _weighed(case, model, category, instead)
    for group in sorted(weighed, key=lambda g: -weighed[g]):
        if weighed[group] >= _LEAST:
            found += _SAID[group](case)
    if not case.asked and category is Category.FYI:
        found.append("nothing is asked of you")
    found += _how_it_came(reading)
    return tuple(dict.fromkeys(found)) or (f"its wording is that of {_KINDS[category]}",)


_KINDS = {
    Category.URGENT: "urgent mail",
    Category.NEEDS_REPLY: "mail that wants an answer",
    Category.FYI: "news",
    Category.PROMOTION: "advertising",
    Category.PERSONAL: "private mail",
}


def _weighed(case: Considered, model: Linear, category: Category, instead: Category | None) -> dict[str, float]:
    """By group of traits what they added to the difference between the two categories."""
    chosen = model.classes.index(category)
    other = model.classes.index(instead) if instead else None
    sums: dict[str, float] = {}
    for trait, value in case.traits.items():
        weights = model.named.get(trait)
        group = _group(trait)
        if weights is not None and group:
            against = weights[other] if other is not None else sum(weights) / len(weights)
            sums[group] = sums.get(group, 0.0) + value * (weights[chosen] - against)
    return sums


def _group(trait: str) -> str:
    if trait.startswith(("junk", "mark:")):
        return "selling"
    return _GROUPS.get(trait.removeprefix("subject:"), "")


_GROUPS = {
    trait: group
    for group, traits in {
        "asking": "asked asked_me asked_more question due_unclear due_today due_soon due_later",
        "pressing": "pressing asked_pressing hour_today",
        "trouble": "alarming asked_alarming troubled asked_troubled",
        "informing": "informing no_action tells automatic",
        "private": "private_life casual private_sender",
        "selling": "selling trade leaving",
        "inviting": "inviting",
    }.items()
    for trait in traits.split()
}


def _asking(case: Considered) -> Iterator[str]:
    if not case.asked:
        return
    who = case.reading.message.sender.label or "somebody unnamed"
    yield f"{who} asks you directly" if any(r.of_me for r in case.asked) else f"{who} asks everybody who got this"
    if case.due:
        yield in_words(case.due, case.reading.person.zone)


def _quoting(begin: str, *tones: str) -> Callable[[Considered], Iterable[str]]:
    def say(case: Considered) -> Iterator[str]:
        phrases = [phrase for tone in tones for phrase in case.reading.tones.get(tone, ())]
        if phrases:
            yield begin + ", ".join(f'"{p}"' for p in phrases[:3])

    return say


def _informing(case: Considered) -> Iterator[str]:
    for tone in ("no_action", "automatic", "informing"):
        if phrases := case.reading.tones.get(tone):
            yield f'says "{phrases[0]}"'


def _private(case: Considered) -> Iterator[str]:
    phrases = (*case.reading.tones.get("private_life", ()), *case.reading.tones.get("casual", ()))
    if phrases:
        yield "about private life: " + ", ".join(phrases[:3])
    if case.reading.private_sender:
        yield "from a private address"


def _selling(case: Considered) -> Iterator[str]:
    phrases = (*case.reading.tones.get("selling", ()), *case.reading.tones.get("trade", ()))
    yield "sells something: " + ", ".join(phrases[:3]) if phrases else "looks like advertising"


_SAID: dict[str, Callable[[Considered], Iterable[str]]] = {
    "asking": _asking,
    "pressing": _quoting("says ", "pressing"),
    "trouble": _quoting("tells of trouble: ", "alarming", "troubled"),
    "informing": _informing,
    "private": _private,
    "selling": _selling,
    "inviting": _quoting("leaves the answer to you: ", "inviting"),
}


def _how_it_came(reading: Reading) -> Iterator[str]:
    message, relation, me = reading.message, reading.relation, reading.person
    if reading.newsletter:
        yield f"newsletter (list id {message.bulk.list_id})" if message.bulk.list_id else "sent to many at once"
    elif message.bulk.is_list:
        yield f"a mailing list ({message.bulk.list_id})"
    elif reading.machine:
        yield "written by a program"
    to_me = any(me.is_me(a.email) for a in message.to)
    if to_me and len(message.to) == 1 and not message.cc:
        yield "sent to you alone"
    elif not to_me and any(me.is_me(a.email) for a in message.cc):
        yield "you are only in Cc"
    yield from _dealings(reading)
    if relation.answered > 2:
        yield f"you answered them {relation.answered} times{_how_fast(relation.answers_in)}"
    elif relation.known:
        yield "in your contacts"


def _dealings(reading: Reading) -> Iterator[str]:
    relation = reading.relation
    if relation.meets_at is not None and meets_soon(reading):
        local = relation.meets_at.astimezone(reading.person.zone)
        yield f"they are in your {local:%H:%M}{f' ({relation.meeting})' if relation.meeting else ''}"
    if relation.deal:
        yield f"open deal: {relation.deal}"


def _how_fast(usual: timedelta | None) -> str:
    if usual is None:
        return ""
    if usual <= timedelta(hours=1):
        return ", mostly within the hour"
    return ", mostly the same day" if usual <= timedelta(hours=12) else ""
