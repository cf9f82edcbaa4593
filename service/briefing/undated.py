"""Promises without a date: "I'll get back to you". They are told once two working days went by and nothing has kept them."""

from __future__ import annotations

from collections.abc import Iterator

from service.briefing.conversations import Conversation, bare_subject, is_own
from service.briefing.desk import Desk
from service.briefing.kinds import Kind
from service.briefing.ranking import weigh
from service.briefing.sources import cite
from service.briefing.versions import version
from service.briefing.waiting import PATIENCE, bucket, working_days
from service.briefing.wording import about, breath, clean, count, quote, sentence
from service.domain.facts import Basis, Fact, Sensitivity
from service.domain.people import Address
from service.domain.verdicts import Commitment, Judged
from service.triage.threads import Open, State, standing


def mine(desk: Desk) -> tuple[Fact, ...]:
    """The oldest first."""
    return _ordered(_fact(desk, c, o, n) for c in desk.conversations for o, n in _open(desk, c, State.ON_ME))


def theirs(desk: Desk) -> tuple[Fact, ...]:
    """Of those the person has written to in the thread; the oldest first."""
    talks = [c for c in desk.conversations if any(is_own(j.message) for j in c.messages)]
    return _ordered(_fact(desk, c, o, n) for c in talks for o, n in _open(desk, c, State.ON_THEM))


def _ordered(facts: Iterator[Fact]) -> tuple[Fact, ...]:
    return tuple(sorted(facts, key=lambda f: (f.at.timestamp() if f.at else 0, f.key)))


def _open(desk: Desk, conversation: Conversation, state: State) -> Iterator[tuple[Open, int]]:
    """At most one a thread, with the working days since; none where something with a date or a question waits there as well."""
    last = conversation.newest
    if is_own(last.message) is not (state is State.ON_ME) or not any(p.due is None for p in last.verdict.commitments):
        return  # most threads, at little cost
    waited = working_days(desk.person, last.message.at.astimezone(desk.zone).date(), desk.today)
    if waited < PATIENCE:
        return
    found = standing([j for j in conversation.messages if is_own(j.message) or desk.kinds[j.message.id] is Kind.PERSON])
    if found.state is not state:
        return
    ours = found.on_me if state is State.ON_ME else found.on_them
    if ours[0].message.id == last.message.id and all(isinstance(o.what, Commitment) and o.what.due is None for o in ours):
        yield ours[0], waited


def _fact(desk: Desk, conversation: Conversation, open_: Open, waited: int) -> Fact:
    message, words = open_.message, open_.what.span.text
    own = is_own(message)
    other = next((a for a in message.to if not desk.person.is_me(a.email)), Address("")) if own else message.sender
    days = count((desk.today - message.at.astimezone(desk.zone).date()).days, "day")
    weight = weigh(desk, 0.3 if own else 0.24, due=None, email=other.email, text=f"{message.subject}\n{words}")
    who = f"You to {desk.introduction(other)}" if own else desk.introduction(other)
    aloud = f"You promised {desk.called(other)} {days} ago" if own else f"{desk.called(other)} promised {days} ago"
    return Fact(
        key=f"undated:{'mine' if own else 'theirs'}:{conversation.id}",
        version=version(message.id, bucket(waited)),
        text=sentence(f"{who}, {days} ago{about(bare_subject(message.subject), words)}: {quote(words, 120)}"),
        sources=(cite(_judged(conversation, open_), words),),
        people=(desk.name(other),),
        at=message.at,
        importance=weight.importance,
        topic=weight.topic or clean(message.subject),
        basis=Basis.STATED,
        sensitivity=Sensitivity.PRIVATE if _judged(conversation, open_).verdict.private else Sensitivity.NORMAL,
        speech=f"{aloud}: {sentence(breath(words, 80))}",
        why=", ".join((f"{'your' if own else 'their'} promise is the last word in the thread", *weight.why)),
    )


def _judged(conversation: Conversation, open_: Open) -> Judged:
    return next(j for j in conversation.messages if j.message.id == open_.message.id)
