"""What the person asked of others and nobody answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from service.briefing.asking import last_question, open_requests, words_of
from service.briefing.conversations import Conversation, bare_subject
from service.briefing.day import is_workday
from service.briefing.desk import Desk
from service.briefing.due import deadline
from service.briefing.ranking import weigh
from service.briefing.relative import clause
from service.briefing.sources import cite
from service.briefing.versions import version
from service.briefing.wording import about, breath, clean, count, quote, sentence
from service.domain.facts import Basis, Fact, Sensitivity
from service.domain.people import Address, Person
from service.domain.verdicts import Judged, Request
from service.people import is_machine
from service.triage.closing import is_courtesy

Written = Mapping[tuple[str, str], datetime]
"""When somebody last wrote under a subject."""
PATIENCE = 2  # working days


def facts(desk: Desk) -> tuple[Fact, ...]:
    """Most important first, then the oldest; a question asked of somebody twice is told once."""
    written = _written(desk)
    found = (_fact(desk, c, written) for c in desk.conversations if c.mine_is_newest)
    ranked = sorted(filter(None, found), key=lambda f: (-f.importance, f.at.timestamp() if f.at else 0, f.key))
    once: dict[tuple[tuple[str, ...], str], Fact] = {}
    for fact in ranked:
        once.setdefault((fact.people, fact.sources[0].quote.casefold()), fact)
    return tuple(once.values())


def _fact(desk: Desk, conversation: Conversation, written: Written) -> Fact | None:
    one = conversation.newest
    message = one.message
    waited = working_days(desk.person, message.at.astimezone(desk.zone).date(), desk.today)
    them = _asked(desk, one) if waited >= PATIENCE else []
    words, request = _question(desk, one) if them else ("", None)
    if not words or _answered_elsewhere(desk, one, written):
        return None
    due = deadline(request.due, desk.as_of, desk.zone) if request else None
    waited_for = count((desk.today - message.at.astimezone(desk.zone).date()).days, "day")
    weight = weigh(
        desk, 0.3 + min(0.1, 0.02 * waited), due=due, email=them[0].email, text=f"{message.subject}\n{message.reply_text}"
    )
    who = desk.introduction(them[0]) + (f" and {count(len(them) - 1, 'other')}" if len(them) > 1 else "")
    on = about(bare_subject(message.subject), words)
    when = clause(words, message.at, due, desk.as_of, desk.zone, one.verdict.dates)
    return Fact(
        key=f"waiting:{conversation.id}",
        version=version(message.id, due.bucket if due else "", bucket(waited)),
        text=sentence(f"{who}, silent {waited_for}{on}: {quote(words, 120)}") + when,
        sources=(cite(one, words),),
        people=tuple(desk.name(a) for a in them),
        at=message.at,
        importance=weight.importance,
        topic=weight.topic or clean(message.subject),
        basis=Basis.INFERRED,
        sensitivity=Sensitivity.PRIVATE if one.verdict.private else Sensitivity.NORMAL,
        speech=sentence(f"{desk.called(them[0])} has not answered for {waited_for}: {breath(words, 80)}"),
        why=", ".join(("your question is the last word in the thread", *weight.why)),
    )


def working_days(person: Person, start: date, end: date) -> int:
    """Whole working days after `start` up to and with `end`."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_workday(person, day) for day in days)


def _asked(desk: Desk, one: Judged) -> list[Address]:
    """Whom the person wrote to, without themselves, machines and mailing lists."""
    to = [a for a in one.message.to if a.email and not desk.person.is_me(a.email) and not is_machine(a)]
    return [a for a in to if _has_written(desk, a)] if one.message.bulk.is_list else to


def _has_written(desk: Desk, address: Address) -> bool:
    relation = desk.relations.get(address.email)
    return bool(relation and relation.received)


def _question(desk: Desk, one: Judged) -> tuple[str, Request | None]:
    """What was asked in the person's own words; "" where nothing was."""
    asked = open_requests(one, desk.as_of, desk.zone)
    first = next((r for r in asked if not r.of_me), asked[0] if asked else None)
    if first:
        return words_of(one.message, first), first
    span = None if one.verdict.requests else last_question(one.message.reply_text)
    return ("" if span is None or is_courtesy(span.text) else span.text), None


def _written(desk: Desk) -> Written:
    newest_first = ((j.message.sender.email, bare_subject(j.message.subject).casefold(), j.message.at) for j in desk.received)
    written: dict[tuple[str, str], datetime] = {}
    for email, subject, at in newest_first:
        written.setdefault((email, subject), at)
    return written


def _answered_elsewhere(desk: Desk, one: Judged, written: Written) -> bool:
    """They wrote later under the same subject in what their client made another thread."""
    subject = bare_subject(one.message.subject).casefold()
    theirs = (a.email for a in one.message.to if not desk.person.is_me(a.email))
    return any((at := written.get((email, subject))) and at > one.message.at for email in theirs)


def bucket(waited: int) -> str:
    """Said again after a week and after two, not every day."""
    return "days" if waited < 5 else "a week" if waited < 10 else "two weeks"
