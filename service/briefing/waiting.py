"""What the person asked of others and nobody answered."""

from __future__ import annotations

import re
from datetime import date, timedelta

from service.briefing.conversations import Conversation, bare_subject, is_own
from service.briefing.day import is_workday
from service.briefing.desk import Desk
from service.briefing.due import deadline, past_day
from service.briefing.ranking import weigh
from service.briefing.sources import cite
from service.briefing.versions import version
from service.briefing.wording import clean, clip, count, quote, sentence
from service.domain.facts import Basis, Fact, Sensitivity
from service.domain.people import Address, Person
from service.domain.verdicts import Judged, Request
from service.people import is_machine

PATIENCE = 2  # working days
_QUESTION = re.compile(r"[^.!?\n]*[^.!?\s][^.!?\n]*\?")


def facts(desk: Desk) -> tuple[Fact, ...]:
    found = (_fact(desk, c) for c in desk.conversations if c.mine_is_newest)
    return tuple(sorted(filter(None, found), key=lambda f: (-f.importance, f.at.timestamp() if f.at else 0, f.key)))


def _fact(desk: Desk, conversation: Conversation) -> Fact | None:
    one = conversation.newest
    message = one.message
    them = _asked(desk, one)
    words, request = _question(one)
    waited = working_days(desk.person, message.at.astimezone(desk.zone).date(), desk.today)
    if not them or not words or waited < PATIENCE or _answered_elsewhere(desk, one):
        return None
    due = deadline(request.due, desk.as_of, desk.zone) if request else None
    days = (desk.today - message.at.astimezone(desk.zone).date()).days
    weight = weigh(
        desk, 0.3 + min(0.1, 0.02 * waited), due=due, email=them[0].email, text=f"{message.subject}\n{message.reply_text}"
    )
    who = desk.introduction(them[0]) + (f" and {count(len(them) - 1, 'other')}" if len(them) > 1 else "")
    asked = past_day(message.at, desk.as_of, desk.zone)
    nothing = f"no answer for {count(days, 'day')}"
    until = f", {due.words}" if due else ""
    return Fact(
        key=f"waiting:{conversation.id}",
        version=version(message.id, due.bucket if due else "", _bucket(waited)),
        text=sentence(f"you asked {who} {asked}: {quote(words, 120)} — {nothing}{until}"),
        sources=(cite(one, words),),
        people=tuple(desk.name(a) for a in them),
        at=message.at,
        importance=weight.importance,
        topic=weight.topic or clean(message.subject),
        basis=Basis.INFERRED,
        sensitivity=Sensitivity.PRIVATE if one.verdict.private else Sensitivity.NORMAL,
        speech=sentence(f"{desk.name(them[0])} has not answered since {count(days, 'day')}: {clip(clean(words), 80)}"),
        why=", ".join(("your question is the last word in the thread", *weight.why)),
    )


def working_days(person: Person, start: date, end: date) -> int:
    """Whole working days after `start` up to and with `end`."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_workday(person, day) for day in days)


def _asked(desk: Desk, one: Judged) -> list[Address]:
    """Whom the person wrote to, without themselves and machines."""
    return [a for a in one.message.to if a.email and not desk.person.is_me(a.email) and not is_machine(a)]


def _question(one: Judged) -> tuple[str, Request | None]:
    """What was asked in the person's own words; "" where nothing was."""
    asked = [r for r in one.verdict.requests if not r.of_me] or list(one.verdict.requests)
    if asked:
        first = min(asked, key=lambda r: r.due is None)
        return first.span.text, first
    found = _QUESTION.findall(one.message.reply_text)
    return (found[-1].strip() if found else ""), None


def _answered_elsewhere(desk: Desk, one: Judged) -> bool:
    """They wrote later under the same subject in what their client made another thread."""
    theirs = {a.email for a in one.message.to} - set(desk.person.emails)
    subject = bare_subject(one.message.subject).casefold()
    return any(
        j.message.at > one.message.at
        and j.message.sender.email in theirs
        and not is_own(j.message)
        and bare_subject(j.message.subject).casefold() == subject
        for j in desk.received
    )


def _bucket(waited: int) -> str:
    """Said again after a week and after two, not every day."""
    return "days" if waited < 5 else "a week" if waited < 10 else "two weeks"
