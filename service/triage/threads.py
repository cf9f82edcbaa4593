"""Whose turn it is in a thread, and since when: from its messages' verdicts in the order they were written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from service.domain.items import Message, Provenance
from service.domain.mailing import Automatic
from service.domain.verdicts import Commitment, Decision, Judged, Request
from service.triage.closing import delivers, is_courtesy, withdraws

_RECEIVED = re.compile(
    r"\b(?:got (?:it|them|your)|(?:have |just )?received|thanks for (?:sending|sharing|paying|signing)|that['’]s (?:done|settled)|all set|"
    r"(?:habe|haben) (?:\w+ ){0,4}erhalten|ist angekommen|danke für (?:die zusendung|das schicken|die schnelle)|bien reçu|bien reçue|j['’]ai reçu|"
    r"recibido|recibida|lo he recibido|gracias por (?:enviar|mandar|el envío))\b",
    re.IGNORECASE,
)
"""The other side confirms that it has what it waited for."""


class State(StrEnum):
    ON_ME = "waiting on me"
    ON_THEM = "waiting on them"
    DONE = "done"
    FOR_INFORMATION = "for information"


@dataclass(frozen=True, slots=True)
class Open:
    """A request or a promise that nothing since has answered or kept, and the message it stands in."""

    message: Message
    what: Request | Commitment


@dataclass(frozen=True, slots=True)
class Standing:
    """`since`: of what waits, when the oldest open word of it was written; of what is done, when it was; else of the last message."""

    state: State
    since: datetime | None = None
    on_me: tuple[Open, ...] = ()
    on_them: tuple[Open, ...] = ()
    decisions: tuple[tuple[Message, Decision], ...] = ()

    @property
    def questions(self) -> tuple[Open, ...]:
        """Those still open, both ways, in the order of the messages."""
        found = [o for o in (*self.on_me, *self.on_them) if isinstance(o.what, Request) and o.what.question]
        return tuple(sorted(found, key=lambda o: (o.message.at, o.what.span.offset)))


@dataclass(slots=True)
class _Ledger:
    on_me: list[Open] = field(default_factory=list)
    on_them: list[Open] = field(default_factory=list)
    closed_at: datetime | None = None

    def close(self, side: list[Open], gone: Sequence[Open], at: datetime) -> None:
        for one in gone:
            side.remove(one)
        if gone:
            self.closed_at = at


def standing(messages: Sequence[Judged]) -> Standing:
    """Of one thread, oldest message first. Automatic replies and what was sent to many say nothing of whose turn it is."""
    ledger = _Ledger()
    decisions: list[tuple[Message, Decision]] = []
    counted = [one for one in messages if not _is_automatic(one.message)]
    for one in counted:
        if one.message.provenance is Provenance.OWN:
            _mine(ledger, one)
        else:
            _theirs(ledger, one)
        decisions += [(one.message, d) for d in one.verdict.decisions]
    state, since = _outcome(ledger, counted)
    return Standing(state, since, tuple(ledger.on_me), tuple(ledger.on_them), tuple(decisions))


def _outcome(ledger: _Ledger, messages: Sequence[Judged]) -> tuple[State, datetime | None]:
    if ledger.on_me:
        return State.ON_ME, min(o.message.at for o in ledger.on_me)
    if ledger.on_them:
        return State.ON_THEM, min(o.message.at for o in ledger.on_them)
    if ledger.closed_at:
        return State.DONE, ledger.closed_at
    return State.FOR_INFORMATION, messages[-1].message.at if messages else None


def _is_automatic(message: Message) -> bool:
    return message.bulk.auto_submitted not in ("", "no") or message.automatic is not Automatic.NONE


def _mine(ledger: _Ledger, one: Judged) -> None:
    """My answer answers what was asked of me; a promise in it keeps the turn with me, until I deliver."""
    message, promises = one.message, one.verdict.commitments
    done = delivers(message)
    kept = [o for o in ledger.on_me if isinstance(o.what, Request) or done]
    ledger.close(ledger.on_me, kept, message.at)
    if withdraws(message):
        ledger.close(ledger.on_them, list(ledger.on_them), message.at)
    if _RECEIVED.search(message.reply_text):
        ledger.close(ledger.on_them, [o for o in ledger.on_them if isinstance(o.what, Commitment)], message.at)
    ledger.on_me += [Open(message, p) for p in promises if not done or p.due]
    ledger.on_them += [Open(message, r) for r in one.verdict.requests if not is_courtesy(r.span.text)]


def _theirs(ledger: _Ledger, one: Judged) -> None:
    """Their answer answers what I asked, unless it only promises to; what I promised is kept when they have it."""
    message, asked = one.message, [r for r in one.verdict.requests if r.of_me and not is_courtesy(r.span.text)]
    promises, done = one.verdict.commitments, delivers(message)
    sender = message.sender.email
    if withdraws(message):
        ledger.close(ledger.on_me, [o for o in ledger.on_me if isinstance(o.what, Request)], message.at)
    elif done:  # somebody else did what I was asked for
        ledger.close(
            ledger.on_me,
            [o for o in ledger.on_me if isinstance(o.what, Request) and o.message.sender.email != sender],
            message.at,
        )
    if _RECEIVED.search(message.reply_text):
        ledger.close(ledger.on_me, [o for o in ledger.on_me if isinstance(o.what, Commitment)], message.at)
    answered = [o for o in ledger.on_them if isinstance(o.what, Request) or (done and o.message.sender.email == sender)]
    ledger.close(ledger.on_them, answered, message.at)
    ledger.on_me += [Open(message, r) for r in asked]
    ledger.on_them += [Open(message, p) for p in promises if not done or p.due]
