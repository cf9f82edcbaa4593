"""Which rules of the config hold for an item, and what follows from them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.domain.items import Event, Message, Thread
from service.domain.people import Address
from service.domain.rules import Condition, Consequence, Rule
from service.triage.circumstances import NONE, Circumstances
from service.triage.patterns import TooSlow, tried

Subject = Message | Thread | Event
"""What a rule can speak of."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What an item offers to each condition; a condition on a field that an item does not have never holds."""

    at: datetime
    sender: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    list: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    attendee: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    around: Circumstances = NONE


def matching(
    rules: Sequence[Rule], item: Subject, kind: str, category: str = "", around: Circumstances = NONE
) -> tuple[Rule, ...]:
    """The rules that hold for an item, in their order. `kind` is the kind of its source (imap, slack_export …); `category`
    what triage says of it, "" before it has judged: conditions on it then don't hold, nor do those on what `around` leaves out.
    """
    if not rules:
        return ()
    fields = fields_of(item, kind, category, around)
    return tuple(r for r in rules if _fires(r, fields))


def _fires(rule: Rule, fields: Fields) -> bool:
    """A rule that can't be decided in time does not fire, whichever way the slow pattern would have turned it."""
    try:
        return holds(rule.when, fields)
    except TooSlow:
        return False


def merged(rules: Sequence[Rule]) -> Consequence:
    """Together: of a field with one value the first rule that sets it; channels to notify add up; labels join with commas."""
    then = [r.then for r in rules]
    return Consequence(
        priority=next((t.priority for t in then if t.priority), ""),
        category=next((t.category for t in then if t.category), ""),
        label=",".join(dict.fromkeys(t.label for t in then if t.label)),
        notify=tuple(dict.fromkeys(channel for t in then for channel in t.notify)),
        private=next((t.private for t in then if t.private is not None), None),
        mute=next((t.mute for t in then if t.mute is not None), None),
        task=next((t.task for t in then if t.task), ""),
        answer=next((t.answer for t in then if t.answer), None),
    )


PATTERNS = ("sender", "domain", "to", "subject", "text", "list", "source", "channel", "attendee", "category")


def holds(when: Condition, fields: Fields) -> bool:
    """Everything that the condition sets must hold; one that sets nothing holds always. Raises TooSlow."""
    for name in PATTERNS:
        pattern = getattr(when, name)
        if pattern and not tried(pattern, getattr(fields, name)):
            return False
    if not _surroundings_hold(when, fields):
        return False
    if not all(holds(c, fields) for c in when.all):
        return False
    if when.any and not any(holds(c, fields) for c in when.any):
        return False
    return not any(holds(c, fields) for c in when.none)


def _surroundings_hold(when: Condition, fields: Fields) -> bool:
    around = fields.around
    if when.time is not None and not when.time.hold(fields.at):
        return False
    if (when.relation and around.relation.isdisjoint(when.relation)) or (when.thread and around.thread.isdisjoint(when.thread)):
        return False
    return all(tried(pattern, values_of(around, name)) for name, pattern in when.crm)


def values_of(around: Circumstances, name: str) -> list[str]:
    """Those of one field of the CRM."""
    return [value for field, value in around.crm if field == name]


def fields_of(item: Subject, kind: str, category: str = "", around: Circumstances = NONE) -> Fields:
    # A rule that says slack means the export as well as the live connection: how it is read is not what it's about.
    source = tuple(s for s in (item.account, kind, kind.removesuffix("_export")) if s)
    categories = (category,) if category else ()
    if isinstance(item, Message):
        return Fields(
            at=item.at,
            sender=_names((item.sender,)),
            domain=_domains((item.sender,)),
            to=_names((*item.to, *item.cc)),
            subject=(item.subject,),
            text=(item.text,),
            list=_list_names(item.bulk.list_id),
            source=source,
            category=categories,
            around=around,
        )
    if isinstance(item, Thread):
        return Fields(
            at=item.at,
            domain=_domains(tuple(p.author for p in item.posts)),
            sender=_names(tuple(p.author for p in item.posts)),
            text=tuple(p.text for p in item.posts),
            source=source,
            channel=tuple(dict.fromkeys((item.channel, f"#{item.channel}"))),
            category=categories,
        )
    people = _names(tuple(a.address for a in item.attendees))
    organizers = (item.organizer,) if item.organizer else ()
    organizer = _names(organizers)
    return Fields(
        at=item.at,
        sender=organizer,
        domain=_domains(organizers),
        to=people,
        attendee=(*people, *organizer),
        subject=(item.title,),
        text=(item.description,),
        source=source,
        category=categories,
    )


def _domains(addresses: tuple[Address, ...]) -> tuple[str, ...]:
    """Of eu.mail.atlas.example also mail.atlas.example and atlas.example: who names a domain means those below it."""
    found: dict[str, None] = {}
    for domain in {a.domain for a in addresses if a.domain}:
        labels = domain.split(".")
        found.update(dict.fromkeys(".".join(labels[i:]) for i in range(max(1, len(labels) - 1))))
    return tuple(found)


def _list_names(list_id: str) -> tuple[str, ...]:
    """Of "Deals <deals.atlas.example>" (RFC 2919) the whole, the phrase and the identifier."""
    phrase, _, identifier = list_id.partition("<")
    return tuple(form for form in dict.fromkeys((list_id, phrase.strip(), identifier.rstrip("> "))) if form)


def _names(addresses: tuple[Address, ...]) -> tuple[str, ...]:
    """The ways a pattern may name these people: by address, by name, or by both as headers write them."""
    return tuple(
        form for a in addresses for form in (a.email, a.name, f"{a.name} <{a.email}>" if a.name and a.email else "") if form
    )
