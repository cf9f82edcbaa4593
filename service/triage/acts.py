"""Reading the person's acts off their mailbox: what changed about a message, what they answered, what they left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from service.domain.items import Message, Provenance
from service.domain.learning import Act, Feedback
from service.domain.verdicts import Category, Judged
from service.ports import Items
from service.triage.keys import keys

LEFT_FOR = timedelta(days=5)
"""Without an answer or a flag, what looked as if it needed one counts as ignored."""
LOOK_BACK = timedelta(days=21)
DEEDS_WHILE_THERE = 3
"""Own mails since then without which the person was away, and ignored nothing."""


def feedback(one: Judged, act: Act, at: datetime, value: str = "") -> Feedback:
    message, verdict = one.message, one.verdict
    said = verdict.builtin or verdict.category
    asked = any(r.of_me for r in verdict.requests)
    return Feedback(message.id, act, at, said, keys(message), value, asked, message.at)


def changes(before: Judged, after: Message, at: datetime) -> Iterator[Feedback]:
    """What the person did, from how a message was before and after a sync. Nothing is read from how one first arrives: that is
    others' doing.
    """
    was = before.message
    if was.provenance is Provenance.OWN or was.own_briefing:
        return
    came, went = after.flags - was.flags, was.flags - after.flags
    if "seen" in came:
        yield feedback(before, Act.OPENED, at)
    if "flagged" in came | went:
        yield feedback(before, Act.FLAGGED, at, "on" if "flagged" in came else "off")
    if "answered" in came:
        yield answered(before, at)
    if "trashed" in came:
        yield feedback(before, Act.TRASHED, at, "read" if "seen" in was.flags else "unread")
    if after.folder != was.folder and was.folder and after.folder:
        yield feedback(before, Act.MOVED, at, after.folder)


def answered(one: Judged, at: datetime) -> Feedback:
    hours = max(timedelta(), at - one.message.at) / timedelta(hours=1)
    return feedback(one, Act.ANSWERED, at, f"{hours:.1f}")


def reflections(items: Items, known: Iterable[Feedback], now: datetime) -> Iterator[Feedback]:
    """What the mailbox of the last weeks says that was not noted yet: answers, and what was left."""
    noted = {(one.item, one.act) for one in known}
    received = [j for j in items.received(now - LOOK_BACK, now) if _counts(j)]
    threads = items.conversations({j.message.thread_id for j in received}, now)
    mine = sorted(j.message.at for j in items.sent(now - LOOK_BACK, now))
    for one in received:
        reply = _reply(one, threads.get(one.message.thread_id, ()))
        if reply is not None:
            if (one.message.id, Act.ANSWERED) not in noted:
                yield answered(one, reply.at)
        elif (one.message.id, Act.IGNORED) not in noted and _was_left(one, mine, now):
            yield feedback(one, Act.IGNORED, one.message.at + LEFT_FOR)


def _counts(one: Judged) -> bool:
    verdict = one.verdict
    return not (verdict.spam or verdict.phishing or verdict.muted or verdict.brain == "none")


def _reply(one: Judged, thread: Sequence[Judged]) -> Message | None:
    """The person's first word after it, unless somebody else's came between: then it was that one they answered."""
    for later in (j.message for j in thread if j.message.at > one.message.at):
        if later.provenance is Provenance.OWN:
            return later
        if later.sender.email == one.message.sender.email:
            return None
    return None


def _was_left(one: Judged, mine: Sequence[datetime], now: datetime) -> bool:
    until = one.message.at + LEFT_FOR
    looked = (one.verdict.builtin or one.verdict.category) in (Category.URGENT, Category.NEEDS_REPLY)
    if not looked or now < until or one.message.flags & {"flagged", "answered"}:
        return False
    return sum(one.message.at < at <= until for at in mine) >= DEEDS_WHILE_THERE


def after(before: Message, flags: frozenset[str] | None, folder: str | None) -> Message:
    """A message once a source has said that it moved."""
    return replace(before, flags=before.flags if flags is None else flags, folder=before.folder if folder is None else folder)
