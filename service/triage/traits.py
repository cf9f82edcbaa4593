"""What a person would name when asked why a message matters: each trait a name and a number from 0 to 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from service.domain.verdicts import Request, When
from service.people import is_external
from service.triage.addressee import Addressee
from service.triage.pressure import earliest, hours_left, same_day
from service.triage.reading import Reading
from service.triage.words.tone import TABLES as TONES

_SOON = timedelta(hours=12)
_SUBJECTS = ("pressing", "informing", "private_life", "selling", "work", "trade", "automatic", "troubled")
_SOLD = ("hype", "removal", "clicks", "account", "threat", "fortune", "payment", "riches", "pills", "loans", "mailers")
_MARKED = ("subject!", "subject$", "subject?", "shouting", "exclaims", "percent", "money", "bait_domain", "cheap_domain",
    "worded_links", "numbered_sender", "short_with_link", "spaced_out")  # fmt: skip

Traits = dict[str, float]


@dataclass(frozen=True, slots=True)
class Considered:
    """A reading with what may fall to the person (`asked`), by when, and its traits."""

    reading: Reading
    asked: tuple[Request, ...]
    due: When | None
    traits: Traits


def considered(reading: Reading) -> Considered:
    asked = _asked(reading)
    due = earliest(asked, reading.person.zone)
    return Considered(reading, asked, due, _traits(reading, asked, due))


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


def _traits(reading: Reading, asked: tuple[Request, ...], due: When | None) -> Traits:
    found = dict(_of_asking(reading, asked, due))
    for tone in TONES:
        if reading.distinct(tone) and not (tone == "pressing" and _denied(reading)):
            found[tone] = min(1.0, reading.density(tone) / 5)
    for tone in _SUBJECTS:
        if tone in reading.tones and reading.in_subject(tone):
            found["subject:" + tone] = 1.0
    for meaning in _SOLD:
        if meaning in reading.tones:
            found["junk:" + meaning] = min(1.0, reading.density(meaning) / 3)
    for mark in _MARKED:
        if mark in reading.marked:
            found["mark:" + mark] = 1.0
    found.update(dict.fromkeys(_way(reading), 1.0))
    if reading.junk.likely > 0.05:
        found["junk"] = round(reading.junk.likely, 3)
    if _tells(reading, asked):
        found["tells"] = 1.0
    return found


def _of_asking(reading: Reading, asked: tuple[Request, ...], due: When | None) -> Iterator[tuple[str, float]]:
    zone, sent_at = reading.person.zone, reading.message.sent_at
    if asked:
        yield "asked", 1.0
        if any(r.of_me for r in asked):
            yield "asked_me", 1.0
        if len(asked) > 1:
            yield "asked_more", min(1.0, (len(asked) - 1) / 3)
        if any(r.question for r in asked):
            yield "question", 1.0
        left = hours_left(due, sent_at, zone)
        if due is not None and left is None:
            yield "due_unclear", 1.0
        if due is not None and left is not None:
            today = same_day(due, sent_at, zone)
            yield ("due_today" if today else "due_soon" if left < 36 else "due_later"), 1.0
        if reading.distinct("pressing") and not _denied(reading):
            yield "asked_pressing", 1.0
        if reading.distinct("alarming"):
            yield "asked_alarming", 1.0
        if reading.distinct("troubled") > 1:
            yield "asked_troubled", 1.0
    elif reading.said.requests:
        yield "asks_others", 1.0
    if any(d.when.at is not None and _SOON > d.when.at - sent_at > timedelta(0) for d in reading.said.dates):
        yield "hour_today", 1.0


def _denied(reading: Reading) -> bool:
    """Whether the one pressing word is in "nothing urgent"."""
    return reading.tones.get("pressing") == ("urgent",) and any("urgent" in p for p in reading.tones.get("no_action", ()))


def _tells(reading: Reading, asked: tuple[Request, ...]) -> bool:
    """Says that nothing is wanted, or tells more than the one polite request in it asks."""
    if any(r.due or r.question for r in asked):
        return False
    return bool(reading.distinct("no_action")) or (reading.distinct("informing") >= 2 and len(asked) < 2)


def _way(reading: Reading) -> Iterator[str]:
    """How it came: from whom, to whom, by what means."""
    message, me = reading.message, reading.person
    if reading.newsletter:
        yield "newsletter"
    if reading.discussion:
        yield "discussion"
    if reading.machine:
        yield "machine"
    if reading.private_sender and reading.junk.likely < 0.5 and "numbered_sender" not in reading.marked:
        yield "private_sender"
    if not is_external(me, message.sender.email):
        yield "colleague"
    if not any(me.is_me(a.email) for a in message.to) and any(me.is_me(a.email) for a in message.cc):
        yield "in_copy"
    if len(message.to) + len(message.cc) > 3:
        yield "many"
    if reading.answers:
        yield "answers"
    if reading.size < 40:
        yield "short"
    if reading.size > 180:
        yield "long"
    if message.links:
        yield "links"
    if reading.phishing:
        yield "phishing"
