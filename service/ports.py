"""What the inside of the house needs from its edges. Adapters implement these; jobs and capabilities are handed them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from service.domain.credentials import Credential, Held
from service.domain.delivery import Audience, IdempotencyKey, Notice
from service.domain.delivery import Receipt as Sent
from service.domain.items import Contact, Deal, Event, Message, Note, Series, Task, Thread
from service.domain.ledger import Cadence, Occurrence, Ring
from service.domain.people import Person
from service.domain.proposals import Act, Pass, Receipt
from service.domain.raw import RawMessage
from service.domain.rules import Rule
from service.domain.speech import Recording, Script
from service.domain.sync import Account, Hearing, Page, Problem
from service.domain.verdicts import Judged, Relation


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


class Credentials(Protocol):
    """What the person has signed in with, by the connection's name."""

    def get(self, name: str) -> Held | None:
        """Raises AccessLost where the key here does not open it."""
        ...

    def renew(self, name: str, stale: Held, how: Callable[[Credential], Credential]) -> Held:
        """The one that comes after `stale`: by `how`, or by whoever was quicker; stored before it is given out. Raises what `how`
        raises, Unavailable, AccessLost.
        """
        ...


class NoCredentials:
    def get(self, name: str) -> Held | None:  # noqa: ARG002
        return None

    def renew(self, name: str, stale: Held, how: Callable[[Credential], Credential]) -> Held:
        raise NotImplementedError


@dataclass(slots=True)
class OneCredential:
    """A credential that is not kept yet, under the name it would have."""

    name: str
    credential: Credential

    def get(self, name: str) -> Held | None:
        return Held(self.credential, 0) if name == self.name else None

    def renew(self, name: str, stale: Held, how: Callable[[Credential], Credential]) -> Held:  # noqa: ARG002
        self.credential = how(stale.credential)
        return Held(self.credential, 0)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an integration is handed when it connects. Relative paths of the config resolve against `folder`."""

    person: Person
    account: str  # the source's or channel's name, unique for its person
    folder: Path
    read_mail: MailReader
    read_calendar: CalendarReader
    clock: Callable[[], datetime]  # aware UTC; for the edge only
    sent_from: str = ""
    credentials: Credentials = field(default_factory=NoCredentials)


@dataclass(frozen=True, slots=True)
class Right:
    """A scope or permission as the vendor calls it, and what it is needed for, in words."""

    scope: str
    why: str


class Asker(Protocol):
    """The person at the terminal."""

    def say(self, text: str) -> None: ...

    def ask(self, question: str, default: str = "") -> str: ...

    def secret(self, question: str) -> str:
        """Not shown while it is typed."""
        ...

    def browse(self, url: str) -> bool:
        """Whether a browser was opened; the address is shown in any case."""
        ...


class SignIn(Protocol):
    """How one vendor or protocol is signed in to: `reveille connect VENDOR [KEY=VALUE …]`."""

    options: Mapping[str, str]
    """The keys it takes, each with what it means."""

    def rights(self, kinds: frozenset[str], acts: frozenset[str]) -> Sequence[Right]:
        """The least that is needed for these kinds of source and these actions ("draft", "send", "label", "event", "post"); shown
        before anything is signed in to.
        """
        ...

    def sign_in(
        self, asker: Asker, given: Mapping[str, str], rights: Sequence[Right], clock: Callable[[], datetime]
    ) -> Credential:
        """Raises AccessLost where the person or the vendor refuses, Unavailable, Rejected."""
        ...

    def check(self, at: Surroundings) -> Check:
        """Tries what `at.credentials` has under `at.account`, and says who signed in."""
        ...

    def revoke(self, credential: Credential, clock: Callable[[], datetime]) -> str:
        """Takes the rights back where the vendor allows. What became of it, in words."""
        ...

    def snippet(self, name: str, credential: Credential) -> str:
        """The lines of the config that use it."""
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


class Deeds(Protocol):
    """What was done, and what waits for the person's yes."""

    def since(self, since: datetime, until: datetime) -> Sequence[Act]:
        """Begun in [since, until), newest first."""
        ...

    def waiting(self, now: datetime) -> int: ...


class Voice(Protocol):
    def speak(self, script: Script) -> Recording:
        """An MP3 with title and a chapter per chapter of the script. Raises Unavailable where the voice is not installed."""
        ...

    def check(self) -> Check: ...


class Bell(Protocol):
    """Tells workers that there is work. Carries ids only; losing a ring loses nothing, so it never raises."""

    def ring(self, rings: Iterable[Ring]) -> None: ...


class Items(Protocol):
    """Reading what the store holds of one person, in domain words. `until` bounds what existed at that moment: nothing
    later is ever returned, so that a briefing can be made as of any time. Order is stated; sequences are whole.
    """

    def at_once(self) -> AbstractContextManager[None]:
        """What this thread asks inside is answered from one snapshot, which costs less than to ask one by one."""
        ...

    def received(self, since: datetime, until: datetime) -> Sequence[Judged]:
        """Messages from others with since <= at < until, newest first."""
        ...

    def sent(self, since: datetime, until: datetime) -> Sequence[Judged]:
        """The person's own messages, newest first."""
        ...

    def conversations(self, thread_ids: Iterable[str], until: datetime) -> Mapping[str, Sequence[Judged]]:
        """Whole mail threads, oldest message first."""
        ...

    def correspondence(self, emails: Iterable[str], until: datetime, limit: int) -> Sequence[Judged]:
        """Messages from or to any of these addresses, newest first."""
        ...

    def relations(self, emails: Iterable[str]) -> Mapping[str, Relation]:
        """Missing addresses have no dealings with the person yet."""
        ...

    def events(self, start: datetime, end: datetime) -> Sequence[Event]:
        """Instances overlapping [start, end), by start, cancelled ones included."""
        ...

    def event(self, id: str) -> Event | None: ...

    def chats(self, since: datetime, until: datetime) -> Sequence[Thread]:
        """Chat threads with a post in [since, until), newest activity first; posts after `until` are left out."""
        ...

    def chats_with(self, emails: Iterable[str], until: datetime, limit: int) -> Sequence[Thread]:
        """Chat threads any of these people wrote in, newest first."""
        ...

    def contacts(self, emails: Iterable[str]) -> Mapping[str, Contact]:
        """By e-mail. Where several sources know one address, the fields of all are merged, the newest winning."""
        ...

    def deals(self, emails: Iterable[str], companies: Iterable[str]) -> Sequence[Deal]:
        """Deals that name one of the people or companies (by name or domain), open ones first, newest first."""
        ...

    def open_deals(self) -> Sequence[Deal]: ...

    def tasks(self) -> Sequence[Task]:
        """Tasks not done, by due date, those without one last."""
        ...

    def notes(self, words: Iterable[str], until: datetime, limit: int) -> Sequence[Note]:
        """Notes that mention any of these words, names or addresses: most matches first, then newest."""
        ...

    def told(self, cadence: str, before: datetime, besides: str = "") -> Mapping[str, str]:
        """Fact key → version as last said by a briefing of this cadence that was delivered or is on its way, and whose due time
        was before `before`. `besides` is the id of an occurrence that doesn't count: the one that asks.
        """
        ...

    def last_told_at(self, cadence: str, before: datetime) -> datetime | None:
        """When the newest delivered briefing of this cadence before `before` was made."""
        ...

    def accounts(self) -> Sequence[Account]: ...

    def missed(self, since: datetime, until: datetime) -> Sequence[Occurrence]:
        """Occurrences that ended failed, unknown or skipped as expired or superseded in [since, until)."""
        ...


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a job is asked for: the ledger's row and the cadence it belongs to."""

    cadence: Cadence
    occurrence: Occurrence


@dataclass(frozen=True, slots=True)
class Services:
    """All that a job may touch. `audiences` says who sees each channel the occasion is delivered to."""

    items: Items
    voice: Voice | None = None
    rules: tuple[Rule, ...] = ()
    audiences: Mapping[str, Audience] = field(default_factory=dict)
    base_url: str = ""
    interrupts: frozenset[str] = frozenset()  # which of them make a sound; empty where nobody says
    scripts: bool = True  # whether anybody is shown the words of what could be heard
    deeds: Deeds | None = None
    silent_until: datetime | None = None
    """What is older was another service's to alert of: this one was restored from a backup of it."""


class Holidays(Protocol):
    def __call__(self, person: Person, day: date) -> bool: ...
