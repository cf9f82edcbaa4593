"""How far each folder was read: the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from service.integrations.files.progress import Progress
from service.integrations.imap.folders import Status

VERSION = 1


@dataclass(slots=True)
class Mark:
    """Of one folder: `status` is how it stood when its flags and deletions were last taken in; every message below `status.next` was
    read, but those in `unread`: ranges of UIDs [low, high), the newest first.
    """

    status: Status
    unread: list[list[int]] = field(default_factory=list)
    first: int = 1  # what is below is older than anybody wants to know

    def known(self, uid: int) -> bool:
        return self.first <= uid < self.status.next and not any(low <= uid < high for low, high in self.unread)

    def done(self, uid: int) -> None:
        """Ranges are read downwards: all from `uid` on is read."""
        for number, (low, high) in enumerate(self.unread):
            if low <= uid < high:
                self.unread[number : number + 1] = [[low, uid]] if low < uid else []
                return

    def settled(self, low: int, high: int) -> None:
        """Nothing is left between."""
        self.unread = [one for one in self.unread if not (low <= one[0] and one[1] <= high)]


class Marks(Progress):
    """`folders` by name. `suspect` are those that must be compared with what is held, until that has ended: their marks are not kept."""

    def __init__(self, cursor: str | None, fingerprint: str) -> None:
        super().__init__(cursor, fingerprint)
        self.folders: dict[str, Mark] = {}
        self.suspect: set[str] = set()
        self.since: str = ""  # the day before which nothing is read, as 2026-05-01; "" for everything
        self.looked_at = 0.0  # when flags were last compared on a server that does not tell of changes: seconds since 1970
        self.good = False
        try:
            self._read(self.table)
        except (ValueError, TypeError, KeyError, AttributeError):
            self.folders, self.suspect, self.since, self.looked_at = {}, set(), "", 0.0

    def cursor(self) -> str:
        kept = {name: mark for name, mark in self.folders.items() if name not in self.suspect}
        self.table = {
            "v": VERSION,
            "since": self.since,
            "looked": int(self.looked_at),
            "suspect": sorted(self.suspect),
            "folders": {name: _written(mark) for name, mark in kept.items()},
        }
        return super().cursor()

    def done(self, ref: str) -> None:
        name, validity, uid = parse_ref(ref)
        mark = self.folders.get(name)
        if mark is not None and mark.status.validity == validity:
            mark.done(uid)

    def aside_in(self, name: str) -> Iterator[str]:
        return (ref for ref in self.refs_aside() if parse_ref(ref)[0] == name)

    def _read(self, table: dict[str, Any]) -> None:
        if table.get("v") != VERSION:
            return
        self.since, self.looked_at = str(table["since"]), float(table["looked"])
        self.suspect = set(map(str, table["suspect"]))
        for name, (validity, next, messages, unseen, modseq, first, unread) in table["folders"].items():
            status = Status(int(validity), int(next), messages, unseen, int(modseq))
            self.folders[str(name)] = Mark(status, [[int(low), int(high)] for low, high in unread], int(first))
        self.good = bool(self.folders)


def _written(mark: Mark) -> list[Any]:
    s = mark.status
    return [s.validity, s.next, s.messages, s.unseen, s.modseq, mark.first, mark.unread]


def a_ref(name: str, validity: int, uid: int) -> str:
    """A message's place: what names it for good (RFC 3501, section 2.3.1.1)."""
    return f"{name};{validity}.{uid}"


def parse_ref(ref: str) -> tuple[str, int, int]:
    """Folder, UIDVALIDITY, UID; numbers are 0 in what is no ref of ours."""
    name, _, place = ref.rpartition(";")
    validity, _, uid = place.partition(".")
    return (name, int(validity), int(uid)) if validity.isdecimal() and uid.isdecimal() else (name, 0, 0)


class Stamps:
    """A stamp says by which settings a message was read, stands for its bytes, and holds its flags: "a1b2c3.0f9e8d7c:seen"."""

    def __init__(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint

    def stamp(self, key: str, flags: Iterable[str]) -> str:
        return f"{self._fingerprint}.{key}:{','.join(sorted(flags))}"

    def key(self, stamp: str) -> str | None:
        """None where it was read by other settings: it must be read again."""
        fingerprint, _, rest = stamp.partition(".")
        return rest.partition(":")[0] if fingerprint == self._fingerprint and ":" in rest else None
