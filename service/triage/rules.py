"""Which rules of the config hold for an item, and what follows from them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.items import Event, Message, Thread
from service.domain.people import Address
from service.domain.rules import Condition, Consequence, Rule
from service.triage.patterns import any_matches

Subject = Message | Thread | Event
"""What a rule can speak of."""


@dataclass(frozen=True, slots=True)
class _Fields:
    """What an item offers to each condition; a condition on a field that an item does not have never holds."""

    sender: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    list: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    attendee: tuple[str, ...] = ()
    category: tuple[str, ...] = ()


def matching(rules: Sequence[Rule], item: Subject, kind: str, category: str = "") -> tuple[Rule, ...]:
    """The rules that hold for an item, in their order. `kind` is the kind of its source (imap, slack_export …); `category`
    what triage says of it, "" before it has judged: conditions on it then don't hold.
    """
    if not rules:
        return ()
    fields = _fields(item, kind, category)
    return tuple(r for r in rules if holds(r.when, fields))


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
    )


_SIMPLE = ("sender", "to", "subject", "text", "list", "source", "channel", "attendee", "category")


def holds(when: Condition, fields: _Fields) -> bool:
    """Everything that the condition sets must hold; one that sets nothing holds always."""
    for name in _SIMPLE:
        pattern = getattr(when, name)
        if pattern and not any_matches(pattern, getattr(fields, name)):
            return False
    if not all(holds(c, fields) for c in when.all):
        return False
    if when.any and not any(holds(c, fields) for c in when.any):
        return False
    return not any(holds(c, fields) for c in when.none)


def asks_category(when: Condition) -> bool:
    """Whether a condition can only be decided after triage."""
    return bool(when.category) or any(asks_category(c) for c in (*when.all, *when.any, *when.none))


def _fields(item: Subject, kind: str, category: str) -> _Fields:
    # A rule that says slack means the export as well as the live connection: how it is read is not what it's about.
    source = tuple(s for s in (item.account, kind, kind.removesuffix("_export")) if s)
    categories = (category,) if category else ()
    if isinstance(item, Message):
        return _Fields(
            sender=_names((item.sender,)),
            to=_names((*item.to, *item.cc)),
            subject=(item.subject,),
            text=(item.text,),
            list=_list_names(item.bulk.list_id),
            source=source,
            category=categories,
        )
    if isinstance(item, Thread):
        return _Fields(
            sender=_names(tuple(p.author for p in item.posts)),
            text=tuple(p.text for p in item.posts),
            source=source,
            channel=tuple(dict.fromkeys((item.channel, f"#{item.channel}"))),
            category=categories,
        )
    people = _names(tuple(a.address for a in item.attendees))
    organizer = _names((item.organizer,)) if item.organizer else ()
    return _Fields(
        sender=organizer,
        to=people,
        attendee=(*people, *organizer),
        subject=(item.title,),
        text=(item.description,),
        source=source,
        category=categories,
    )


def _list_names(list_id: str) -> tuple[str, ...]:
    """Of "Deals <deals.atlas.example>" (RFC 2919) the whole, the phrase and the identifier."""
    phrase, _, identifier = list_id.partition("<")
    return tuple(form for form in dict.fromkeys((list_id, phrase.strip(), identifier.rstrip("> "))) if form)


def _names(addresses: tuple[Address, ...]) -> tuple[str, ...]:
    """The ways a pattern may name these people: by address, by name, or by both as headers write them."""
    return tuple(
        form for a in addresses for form in (a.email, a.name, f"{a.name} <{a.email}>" if a.name and a.email else "") if form
    )
