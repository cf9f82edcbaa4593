"""What a source hands over: pages of changes, each with the cursor that stands for everything up to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from service.domain.items import Item


@dataclass(frozen=True, slots=True)
class Upsert:
    """`ref` is where the source keeps it (a path, a path and uid, a vendor's id); `stamp` changes when it changed.

    Several refs may hold one item (the same message in two folders): it lives while any of them does.
    """

    item: Item
    ref: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Delete:
    """What isn't held may be deleted too: nothing happens."""

    ref: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The same bytes under another name (a maildir flag change): what the store holds is kept, without reading it again.

    `flags` and `folder` replace a message's; None leaves them. Of a ref that is not held it changes nothing.
    """

    old_ref: str
    ref: str
    stamp: str
    flags: frozenset[str] | None = None
    folder: str | None = None


Change = Upsert | Delete | Moved


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a source holds that could not be read: named, counted in coverage, never a crash.

    A source names all of its problems at every sync. `lasting` ones come from expanding a series, which is done only where it
    changed: they stay known until it is expanded anew.
    """

    where: str
    what: str
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Committed as one with its cursor. A page holds at most some hundred changes, so that memory stays flat."""

    changes: tuple[Change, ...]
    cursor: str
    problems: tuple[Problem, ...] = ()
    total: int | None = None  # how many items this sync will see, where the source knows


class Health(StrEnum):
    NEW = "new"  # never read
    OK = "ok"
    UNREACHABLE = "unreachable"  # Unavailable: retried
    NO_ACCESS = "no_access"  # AccessLost: paused until the owner mends it


class Hearing(StrEnum):
    LISTENING = "listening"  # what is new is heard of at once
    SILENT = "silent"  # it broke, and is tried again
    ABSENT = "absent"  # there is nothing to listen to


@dataclass(frozen=True, slots=True)
class Bell:
    """An account's doorbell as whoever listens there said last; what was said is good until `held_until`."""

    hearing: Hearing
    since: datetime
    held_until: datetime
    said: str = ""

    def rings(self, now: datetime) -> bool:
        return self.hearing == Hearing.LISTENING and now < self.held_until


@dataclass(frozen=True, slots=True)
class Account:
    """One connected source as the store knows it."""

    person: str
    name: str
    kind: str
    health: Health = Health.NEW
    cursor: str | None = None
    read_at: datetime | None = None  # the last sync that ended well
    failing_since: datetime | None = None
    error: str = ""
    items: int = 0
    problems: tuple[Problem, ...] = ()
    fence: int = 0
    bell: Bell | None = None  # None: nobody has listened there
