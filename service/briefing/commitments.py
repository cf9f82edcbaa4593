"""Promises that fall due, the person's and others', with the tasks and follow-ups of the day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from service.briefing.conversations import Conversation, bare_subject
from service.briefing.desk import Desk
from service.briefing.due import Deadline, deadline
from service.briefing.kinds import Kind
from service.briefing.ranking import weigh
from service.briefing.sources import cite
from service.briefing.versions import version
from service.briefing.wording import about, breath, clean, quote, sentence
from service.domain.facts import Basis, Fact, Sensitivity
from service.domain.people import Address
from service.domain.verdicts import Commitment, Judged
from service.triage.closing import delivers

AHEAD = timedelta(days=2)
BEHIND = timedelta(days=7)
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class Promise:
    thread: str
    one: Judged
    said: Commitment


def facts(desk: Desk) -> tuple[Fact, ...]:
    """Most important first, then by when it is due."""
    found = (_fact(desk, p) for c in desk.conversations for p in open_promises(desk, c))
    return tuple(sorted(filter(None, found), key=lambda f: (-f.importance, f.at.timestamp() if f.at else 0, f.key)))


def open_promises(desk: Desk, conversation: Conversation) -> Iterator[Promise]:
    """Those with a date that no later message keeps or replaces."""
    for number, one in enumerate(conversation.messages):
        if not one.verdict.commitments or desk.kinds[one.message.id] is not Kind.PERSON:
            continue
        later = [j for j in conversation.messages[number + 1 :] if j.message.sender.email == one.message.sender.email]
        for said in one.verdict.commitments:
            if said.due and not any(delivers(j.message) or _replaces(j, said) for j in later):
                yield Promise(conversation.id, one, said)


def near(due: Deadline) -> bool:
    return -BEHIND.days <= due.days <= AHEAD.days


def _replaces(later: Judged, said: Commitment) -> bool:
    """A newer promise with a date about the same thing."""
    words = _content(said.what or said.span.text)
    return any(c.due and len(words & _content(c.what or c.span.text)) * 2 >= len(words) for c in later.verdict.commitments)


def _content(text: str) -> frozenset[str]:
    return frozenset(w.casefold() for w in _WORD.findall(text))


def _fact(desk: Desk, promise: Promise) -> Fact | None:
    one, said = promise.one, promise.said
    message = one.message
    due = deadline(said.due, desk.as_of, desk.zone)
    if due is None or not near(due):
        return None
    other = _partner(desk, promise)
    email = other.email if other else ""
    base = 0.36 if said.mine else 0.26
    weight = weigh(desk, base, due=due, email=email, text=f"{message.subject}\n{said.span.text}", priority=one.verdict.priority)
    text, speech = _words(desk, promise, other, due)
    return Fact(
        key=f"promise:{'mine' if said.mine else 'theirs'}:{message.id}:{said.span.offset}",
        version=version(said.span.text, due.bucket),
        text=text,
        sources=(cite(one, said.span.text),),
        people=(desk.name(other),) if other else (),
        at=due.moment,
        importance=weight.importance,
        topic=weight.topic or clean(message.subject),
        basis=Basis.STATED,
        sensitivity=Sensitivity.PRIVATE if one.verdict.private else Sensitivity.NORMAL,
        speech=speech,
        why=", ".join(weight.why),
    )


def _words(desk: Desk, promise: Promise, other: Address | None, due: Deadline) -> tuple[str, str]:
    said, message = promise.said, promise.one.message
    on = about(bare_subject(message.subject), said.span.text)
    if said.mine:
        who = f"You to {desk.introduction(other)}" if other else "You"
        aloud = f"You promised{f' {desk.called(other)}' if other else ''}"
    else:
        who = desk.introduction(other) if other else "Somebody"
        aloud = f"{desk.called(other) if other else 'Somebody'} promised"
    text = sentence(f"{who}{on}: {quote(said.span.text, 140)}")
    return f"{text} {due.clause}", f"{aloud}: {sentence(breath(said.span.text, 80))} {sentence(due.spoken)}"


def _partner(desk: Desk, promise: Promise) -> Address | None:
    """To whom the person promised, or who promised."""
    message = promise.one.message
    if not promise.said.mine:
        return message.sender if promise.said.who in {"", message.sender.email} else _named(message.people, promise.said.who)
    return next((a for a in (*message.to, *message.cc) if a.email and not desk.person.is_me(a.email)), None)


def _named(people: Iterable[Address], email: str) -> Address:
    return next((a for a in people if a.email == email), Address(email))
