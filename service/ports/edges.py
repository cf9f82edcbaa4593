"""What integrations and the queue offer: readers of hostile input, sources, channels, hands, a voice, a bell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from service.domain.delivery import Audience, IdempotencyKey, Notice
from service.domain.delivery import Receipt as Sent
from service.domain.items import Event, Message, Series
from service.domain.ledger import Ring
from service.domain.proposals import Pass, Receipt
from service.domain.raw import RawMessage
from service.domain.speech import Recording, Script
from service.domain.sync import Hearing, Page, Problem


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `reveille doctor`: `fix` says what to do where `ok` is False, and what had better be done where it is True."""

    ok: bool
    says: str
    fix: str = ""


class MailReader(Protocol):
    """Reads messages as a person does, in a process that can be killed: what can't be read comes back as a Problem, in order."""

    def read(self, raws: Iterable[RawMessage], own: frozenset[str]) -> Iterator[Message | Problem]: ...


class CalendarReader(Protocol):
    """Reads iCalendar data in a process that can be killed. A broken component is a Problem, the rest still comes."""

    def read(self, data: bytes, account: str, where: str) -> tuple[tuple[Series, ...], tuple[Problem, ...]]: ...

    def expand(
        self, series: Sequence[Series], start: datetime, end: datetime, own: frozenset[str], zone: str
    ) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
        """The instances that overlap [start, end), ordered by start then id. `zone` places floating times and all-day dates."""
        ...


class Doorbell(Protocol):
    """Tells when something is new at a source, so that it need not be asked. A lost ring loses nothing: sources are read on their
    cadence, too. It comes back by itself after whatever broke.
    """

    @property
    def hearing(self) -> Hearing: ...

    @property
    def said(self) -> str:
        """Why it is silent, in words; "" while it listens."""
        ...

    def start(self) -> None:
        """Returns at once; it listens in a thread of its own."""
        ...

    def close(self) -> None:
        """Asks it to end, without waiting."""
        ...

    def ended(self, within: float) -> bool:
        """Whether it has ended within so many seconds."""
        ...


class Source(Protocol):
    """One connected account. Sources that can tell by themselves also have `doorbell(ring)`, which returns a Doorbell, or None where
    nothing is set up to listen to. `ring` never raises and never waits; it is also called whenever it begins to listen, for nobody
    listened before.
    """

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        """Changes since `cursor` (None: all), newest first where the source can. `held` maps every ref the store holds of
        this account to its stamp, so that what is unchanged is not read again. Raises Unavailable, AccessLost, Rejected.
        """
        ...

    def check(self) -> Check: ...


class Channel(Protocol):
    """One way to reach a person."""

    @property
    def audience(self) -> Audience: ...

    @property
    def interrupts(self) -> bool:
        """A push that makes a sound: quiet hours and the daily budget hold for it."""
        ...

    def send(self, notice: Notice, key: IdempotencyKey) -> Sent:
        """Raises Unavailable (with `arrived`), AccessLost or Rejected. Its time-out is shorter than a lease."""
        ...

    def arrived(self, key: IdempotencyKey) -> bool | None:
        """Whether an earlier attempt got there, asked after a crash in the middle of one. None: nobody can tell."""
        ...

    @property
    def repeatable(self) -> bool:
        """Whether a doubtful send may be made again (email, folder: yes; push: no, it ends as unknown)."""
        ...

    def check(self) -> Check: ...


@dataclass(frozen=True, slots=True)
class Order:
    """What a hand is given once the gate has let it through: exactly what was approved, and where its account keeps the message that
    it is about. `key` is the same at each attempt.
    """

    granted: Pass
    key: str
    refs: tuple[str, ...] = ()
    message: Message | None = None

    @property
    def tool(self) -> str:
        return self.granted.proposal.tool

    @property
    def arguments(self) -> Mapping[str, Any]:
        return self.granted.proposal.arguments


class Hand(Protocol):
    """What can be done with one connected account: `reveille.actions` names a class of these by the source's kind, made of the
    source's settings and `Surroundings`.
    """

    tools: frozenset[str]
    """The names of those it can do."""
    repeatable: frozenset[str]
    """Of these, what does nothing twice when it is done twice with one key."""

    def act(self, order: Order) -> Receipt:
        """Raises Unavailable (with `arrived`), AccessLost or Rejected. Its time-out is shorter than a lease."""
        ...

    def find(self, order: Order) -> Receipt | None:
        """What an earlier attempt with this key has left, asked after a doubtful one. None: nothing is to be seen, which does not
        prove that nothing was done.
        """
        ...

    def undo(self, tool: str, what: Mapping[str, Any]) -> str:
        """Takes back what a receipt's `undo` names. In words, what became of it. Raises Rejected where it can't be."""
        ...

    def close(self) -> None: ...


class Voice(Protocol):
    def speak(self, script: Script) -> Recording:
        """An MP3 with title and a chapter per chapter of the script. Raises Unavailable where the voice is not installed."""
        ...

    def check(self) -> Check: ...


class Bell(Protocol):
    """Tells workers that there is work. Carries ids only; losing a ring loses nothing, so it never raises."""

    def ring(self, rings: Iterable[Ring]) -> None: ...
