"""A mailbox on an IMAP server as a source. A message's ref is its folder, UIDVALIDITY and UID."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from service.domain.sync import Change, Delete, Moved, Page, Problem, Upsert
from service.errors import ExternalError
from service.integrations.files.letters import Letter, Marker, understand
from service.integrations.files.pages import MOST, paged
from service.integrations.files.place import many, sound
from service.integrations.files.settings import digest
from service.integrations.imap.box import Box
from service.integrations.imap.doorbell import doorbell
from service.integrations.imap.folders import Folder, Status, chosen, survey
from service.integrations.imap.held import Held
from service.integrations.imap.line import PATIENCE, Line, Token
from service.integrations.imap.looking import Looking, same
from service.integrations.imap.marks import Marks, Stamps
from service.integrations.imap.reading import Pile, Reading
from service.ports import Check, Doorbell, Surroundings

if TYPE_CHECKING:
    from service.integrations.imap import Settings

FORMAT = "1"
"""Part of every stamp: raised when messages are read differently than before, so that all are read once more."""
SWEEP = 3600
"""Seconds after which flags are compared on a server that does not tell of changes."""


class Imap:
    """`token` hands an access token: the login is then XOAUTH2. `patience`: seconds for any one wait."""

    def __init__(self, settings: Settings, at: Surroundings, token: Token | None = None, patience: float = PATIENCE) -> None:
        self._settings, self._at, self._token, self._patience = settings, at, token, patience
        whose = sorted(at.person.emails)
        self._stamps = Stamps(digest(FORMAT, *whose)[:6])
        what = settings.model_dump_json(include={"host", "user", "skip", "only", "since"})
        self._fingerprint = digest(FORMAT, what, *whose)[:6]

    def line(self) -> Line:
        return Line(self._settings, self._at, self._token, self._patience)

    def doorbell(self, ring: Callable[[], None]) -> Doorbell | None:
        return doorbell(self.line, ring) if self._settings.idle else None

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        """Raises Unavailable or AccessLost. `held` is looked at where there is no good cursor, where a folder is no longer what it was,
        and, on servers without QRESYNC, where something was deleted.
        """
        marks = Marks(cursor, self._fingerprint)
        with self.line() as line:
            yield from paged(self._changes(line, Held(held), marks), marks)

    def check(self) -> Check:
        try:
            with self.line() as line:
                folders, statuses = survey(line)
        except ExternalError as error:
            says, _, fix = str(error).rpartition(": ")
            return Check(ok=False, says=says or fix, fix=fix)
        read = chosen(folders, self._settings)
        count = sum(status.messages or 0 for folder in read if (status := statuses.get(folder.name)))
        return sound(f"{self._settings.host}: {many(count, 'message')} in {many(len(read), 'folder')}")

    def _changes(self, line: Line, held: Held, marks: Marks) -> Iterator[Change | Problem]:
        folders, statuses = survey(line)
        read = {folder.name: folder for folder in chosen(folders, self._settings)}
        now = self._at.clock()
        if self._settings.since and not marks.since:
            marks.since = (now - self._settings.since).date().isoformat()
        sweep = now.timestamp() - marks.looked_at >= SWEEP
        box = Box(line, marks.since)
        looking = Looking(box, marks, held, self._stamps, marks.good, sweep and marks.good, marks.since)
        self._suspect(marks, held, read)
        if any(not _as_it_was(marks, name, statuses.get(name)) for name in read):
            box.prepare()
        yield from self._look(looking, marks, read, statuses)
        reading = Reading(box, self._at, marks, self._stamps, looking.lost())
        marks.total = _count(looking.piles, marks)
        yield from self._understood(reading.read(looking.piles), marks)
        yield from (Delete(ref) for ref in looking.gone if ref not in reading.lost.found)
        looking.settle()
        if sweep:
            marks.looked_at = now.timestamp()
        yield from self._understood(reading.read(_history(marks, read)), marks)

    def _suspect(self, marks: Marks, held: Held, read: Mapping[str, Folder]) -> None:
        """Without a good cursor everything that is held must be compared; with one, only folders that are not read any more."""
        if marks.good or marks.suspect:
            marks.suspect |= marks.folders.keys() - read.keys()
        elif held.anything:
            marks.suspect |= held.folders | read.keys()

    def _look(
        self, looking: Looking, marks: Marks, read: Mapping[str, Folder], statuses: Mapping[str, Status]
    ) -> Iterator[Moved | Problem]:
        for name in marks.suspect - read.keys():
            looking.vanished(name)
        for name, folder in read.items():
            if (status := statuses.get(name)) is None:
                yield Problem(folder.shown, "does not say how it stands; what is known of it stays")
            else:
                yield from looking.look(folder, status)
        yield from (problem for ref in marks.refs_aside() for problem in marks.still(ref))

    def _understood(self, letters: Iterator[Letter | Change | Problem | Marker], marks: Marks) -> Iterator[Change | Problem]:
        """The cursor says of each message that it is read in the page that brings it."""
        stretch = _Stretch(letters)
        while not stretch.ended:
            for one in understand(self._at, stretch, marks):
                if isinstance(one, (Upsert, Moved)):
                    marks.done(one.ref)
                elif isinstance(one, Problem):
                    marks.done(one.where)
                yield one


class _Stretch:
    """Ends now and then where no letter comes for a while: what needs no reading is then handed on, instead of waiting for one that does."""

    def __init__(self, letters: Iterator[Letter | Change | Problem | Marker]) -> None:
        self._letters = letters
        self.ended = False

    def __iter__(self) -> Iterator[Letter | Change | Problem | Marker]:
        others = 0
        for one in self._letters:
            others = 0 if isinstance(one, Letter) else others + 1
            yield one
            if others >= MOST:
                return
        self.ended = True


def _as_it_was(marks: Marks, name: str, status: Status | None) -> bool:
    mark = marks.folders.get(name)
    return mark is not None and status is not None and same(mark.status, status) and name not in marks.suspect


def _history(marks: Marks, read: Mapping[str, Folder]) -> Iterator[Pile]:
    for name, mark in marks.folders.items():
        if name in read and mark.unread:
            yield Pile(read[name], mark.status.validity, sorted((low, high) for low, high in mark.unread))


def _count(piles: Iterable[Pile], marks: Marks) -> int:
    return sum(pile.left for pile in piles) + sum(
        mark.status.messages or 0 for mark in marks.folders.values() if mark.unread and mark.unread[-1][0] == 1
    )
