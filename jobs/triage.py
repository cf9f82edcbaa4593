"""What can't wait for the morning: mail that a rule says to notify of or that is urgent from people the person knows, and a source
that refuses us.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from jobs.access import TOPIC as ACCESS
from jobs.access import lost
from jobs.drafts import Words, alert, compare
from jobs.window import since
from service.briefing.attendees import label_of
from service.briefing.due import past_day
from service.briefing.last_said import quote_of, sensitivity_of
from service.briefing.lines import cite, line, one_line
from service.briefing.wording import count
from service.domain.delivery import Draft, Nothing, Recheck
from service.domain.facts import Basis, Fact
from service.domain.items import Provenance
from service.domain.people import Person
from service.domain.verdicts import Category, Judged, Relation
from service.people import is_external, is_machine
from service.ports import Items, Occasion, Services

URGENT = 0.75
"""The built-in brain's urgency from which an alert is worth an interruption."""
LOOK_BACK = timedelta(hours=2)
AT_MOST = 5


def prepare(services: Services, person: Person, occasion: Occasion, now: datetime) -> Draft | Nothing:
    told = services.items.told(occasion.cadence.name, now, occasion.occurrence.id)
    new = [
        j
        for j in services.items.received(since(occasion, now, LOOK_BACK, services.silent_until), now)
        if key_of(j) not in told and _may_alert(j)
    ]
    urgent = [j for j, known in _with_relations(services.items, new) if _must_be_said(j, person, known)]
    urgent = _unanswered(services.items, urgent, now)
    refused = lost(services, person, told, now)
    if not urgent and not refused:
        return Nothing("nothing urgent")
    urgent.sort(key=lambda j: (j.verdict.priority == "urgent", j.verdict.urgency, j.message.at), reverse=True)
    facts = (*(_fact(j, person, now) for j in urgent[:AT_MOST]), *refused)
    to = tuple(dict.fromkeys((*_channels(services, urgent[:AT_MOST], occasion), *(occasion.cadence.to if refused else ()))))
    priority = "urgent" if any(j.verdict.priority == "urgent" or _is_alarming(j) for j in urgent) else "high"
    return alert(services, person, facts, to, _phrase, now, priority)


def recheck(services: Services, person: Person, draft: Draft, occasion: Occasion, now: datetime) -> Recheck:
    """Read or answered in the meantime: not said."""
    return compare(draft, prepare(services, person, occasion, now))


def key_of(one: Judged) -> str:
    return f"alert:{one.message.id}"


def _may_alert(one: Judged) -> bool:
    """Junk never does, nor what the person has seen."""
    verdict, message = one.verdict, one.message
    if verdict.spam or verdict.phishing or verdict.muted or verdict.priority == "low" or message.own_briefing:
        return False
    if message.flags & {"seen", "answered", "trashed", "draft"}:
        return False
    return bool(verdict.notify) or verdict.priority == "urgent" or _is_alarming(one)


def _is_alarming(one: Judged) -> bool:
    return one.verdict.category is Category.URGENT and one.verdict.urgency >= URGENT


def _with_relations(items: Items, some: Sequence[Judged]) -> list[tuple[Judged, Relation]]:
    relations: Mapping[str, Relation] = items.relations({j.message.sender.email for j in some}) if some else {}
    return [(j, relations.get(j.message.sender.email, Relation())) for j in some]


def _must_be_said(one: Judged, person: Person, relation: Relation) -> bool:
    """A rule always may; the brain's own alarm only for people the person knows, never for machines."""
    if one.verdict.notify or one.verdict.priority == "urgent":
        return True
    sender = one.message.sender
    if is_machine(sender) or one.message.bulk.is_automated or one.message.bulk.is_list:
        return False
    return relation.known or relation.sent > 0 or relation.answered > 0 or not is_external(person, sender.email)


def _unanswered(items: Items, some: list[Judged], now: datetime) -> list[Judged]:
    if not some:
        return []
    threads = items.conversations({j.message.thread_id for j in some}, now)

    def answered(one: Judged) -> bool:
        later = (j.message for j in threads.get(one.message.thread_id, ()) if j.message.at > one.message.at)
        return any(m.provenance is Provenance.OWN for m in later)

    return [j for j in some if not answered(j)]


def _fact(one: Judged, person: Person, now: datetime) -> Fact:
    message, sender = one.message, label_of(one.message.sender)
    quote = quote_of(one, frozenset())
    subject = one_line(message.subject, 100) or "(no subject)"
    return line(
        key_of(one),
        f"{subject}{f': {quote}' if quote else ''}",
        cite(message, quote.exact if quote else ""),
        label=sender,
        at=message.at,
        people=(sender,),
        importance=max(one.verdict.urgency, 0.9 if one.verdict.priority == "urgent" else 0.0),
        topic="mail",
        basis=Basis.STATED if one.verdict.notify else Basis.INFERRED,
        sensitivity=sensitivity_of(one),
        speech=f"{sender} wrote {past_day(message.at, now, person.zone)} about {subject}.",
        why=one_line("; ".join(one.verdict.reasons[:2]) or ", ".join(one.verdict.rules), 160),
    )


def _channels(services: Services, some: Sequence[Judged], occasion: Occasion) -> tuple[str, ...]:
    """Those that the rules name and that exist; the cadence's own for whatever no rule sends anywhere."""
    found: dict[str, None] = {}
    for one in some:
        named = [c for c in one.verdict.notify if c in services.audiences]
        found.update(dict.fromkeys(named or occasion.cadence.to))
    return tuple(found)


def _phrase(facts: tuple[Fact, ...]) -> Words:
    mails = tuple(f for f in facts if f.topic != ACCESS)
    refused = [f for f in facts if f.topic == ACCESS]
    if not refused:
        return _phrase_mails(mails)
    more = f"; {count(len(refused) - 1, 'more source')} too" if len(refused) > 1 else ""
    if not mails:
        return Words(f"{refused[0].label}{more}", f"{refused[0].label}{more}\n{refused[0].text}")
    said = _phrase_mails(mails)
    return Words(said.subject, f"{said.short.partition(chr(10))[0]}\n{refused[0].label}{more}: {refused[0].text}")


def _phrase_mails(facts: tuple[Fact, ...]) -> Words:
    if len(facts) == 1:
        subject, _, quote = facts[0].text.partition(": “")
        return Words(
            f"{facts[0].label}: {subject}",
            "\n".join(filter(None, (f"{facts[0].label}: {subject}", f"“{quote}" if quote else ""))),
        )
    people = list(dict.fromkeys(f.label for f in facts))
    who = ", ".join(people[:3]) + (f" and {len(people) - 3} others" if len(people) > 3 else "")
    subject = f"{count(len(facts), 'urgent message')}: {who}"
    return Words(subject, f"{subject}\n{facts[0].label}: {facts[0].text}")
