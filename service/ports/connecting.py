"""What a connection is given when it is made, and how a person signs in to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from service.domain.credentials import Credential, Held
from service.domain.people import Person
from service.ports.edges import CalendarReader, Check, MailReader


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
