"""Messages that are not known yet, the newest first over all folders, in batches of bounded size."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from service.domain.raw import RawMessage
from service.domain.sync import Change, Moved, Problem
from service.integrations.files.contents import too_large
from service.integrations.files.letters import LARGEST, Letter, Marker
from service.integrations.imap.answers import Row
from service.integrations.imap.box import Box
from service.integrations.imap.folders import Folder
from service.integrations.imap.marks import Marks, Stamps, a_ref
from service.integrations.imap.outline import LONG_AGO, Outline
from service.integrations.imap.refusals import Declined
from service.ports import Surroundings

WINDOW = 500
"""Outlines fetched at a time."""
TURN = 200
"""So many of one folder before another one's newest are looked at."""
BATCH = 100
BATCH_BYTES = 4 * 2**20
"""Bodies fetched at a time: as many as fit, at least one."""


@dataclass(slots=True)
class Pile:
    """What is to be read of one folder: UIDs, ascending. `spans` [low, high), ascending, hold nothing else; where the UIDs are not
    known yet, they are all that lies there.
    """

    folder: Folder
    validity: int
    spans: list[tuple[int, int]]
    uids: array[int] | None = None
    window: list[Outline] = field(default_factory=list)  # the newest last

    @property
    def left(self) -> int:
        return len(self.uids or ()) + len(self.window)

    def top_up(self, box: Box, *, ids: bool) -> bool:
        """Whether anything is left."""
        if self.uids is None:
            self.uids = array("I")
            for low, high in self.spans:
                self.uids += box.search(self.folder, low, high)
        while not self.window and self.uids:
            top = self.uids[-WINDOW:]
            del self.uids[-WINDOW:]
            self.window = box.outlines(self.folder, top, ids=ids)[::-1]
        return bool(self.window)

    def batch(self) -> list[Outline]:
        taken: list[Outline] = []
        size = 0
        while self.window and len(taken) < BATCH and (not taken or size + self.window[-1].size <= BATCH_BYTES):
            taken.append(self.window.pop())
            size += min(taken[-1].size, LARGEST)
        return taken


@dataclass(slots=True)
class Lost:
    """Refs that hold nothing any more, by what stands for their messages: where one turns up elsewhere, it has moved."""

    by_key: dict[str, list[str]] = field(default_factory=dict)
    found: set[str] = field(default_factory=set)

    def add(self, ref: str, key: str | None) -> None:
        if key:
            self.by_key.setdefault(key, []).append(ref)

    def take(self, key: str) -> str | None:
        refs = self.by_key.get(key)
        if not key or not refs:
            return None
        self.found.add(refs[-1])
        return refs.pop()


@dataclass(slots=True)
class Reading:
    box: Box
    at: Surroundings
    marks: Marks
    stamps: Stamps
    lost: Lost
    _read: int = 0

    def read(self, piles: Iterable[Pile]) -> Iterator[Letter | Change | Problem | Marker]:
        """Piles by the age of what lies on top, so that all folders' newest come before any one's history. To go to another folder
        costs something, and the further back, the less the order matters: turns grow longer.
        """
        there = list(piles)
        while True:
            for pile in [*there]:
                yield from self._ready(pile, there)
            if not there:
                return
            newest = max(there, key=lambda pile: pile.window[-1].at)
            turn = self._read + max(TURN, self._read // 10)
            while newest in there and self._read < turn:
                yield from self._window(newest, turn)
                yield from self._ready(newest, there)

    def _window(self, pile: Pile, turn: int) -> Iterator[Letter | Change | Problem]:
        """What is outlined of it, no further than this turn goes."""
        batches: list[list[Outline]] = []
        while pile.window and self._read < turn:
            batches.append(pile.batch())
            self._read += len(batches[-1])
        moved = {outline.uid: ref for batch in batches for outline in batch if (ref := self._moved_from(outline))}
        wanted = [[one.uid for one in batch if one.size <= LARGEST and one.uid not in moved] for batch in batches]
        for batch, bodies in zip(batches, self.box.bodies(pile.folder, wanted), strict=True):
            for outline in batch:
                yield from self._one(pile, outline, moved.get(outline.uid), bodies.get(outline.uid))

    def _ready(self, pile: Pile, there: list[Pile]) -> Iterator[Problem | Marker]:
        try:
            if pile.top_up(self.box, ids=bool(self.lost.by_key)):
                return
        except Declined as error:
            there.remove(pile)
            yield Problem(pile.folder.shown, f"can't be read ({error.said or error.code})")
            return
        there.remove(pile)
        yield lambda: self._settled(pile)

    def _settled(self, pile: Pile) -> None:
        mark = self.marks.folders.get(pile.folder.name)
        if mark is not None and mark.status.validity == pile.validity:
            for low, high in pile.spans:
                mark.settled(low, high)

    def _one(
        self, pile: Pile, outline: Outline, moved: str | None, body: Row | str | None
    ) -> Iterator[Letter | Change | Problem]:
        ref = a_ref(pile.folder.name, pile.validity, outline.uid)
        if moved is not None:
            flags = pile.folder.flags(outline.flags)
            yield Moved(moved, ref, self.stamps.stamp(outline.key(outline.header or b""), flags), flags, pile.folder.shown)
        elif outline.size > LARGEST:
            yield self._aside(ref, too_large(outline.size, LARGEST))
        elif isinstance(body, str):
            yield self._aside(ref, f"is not handed over by the server ({body})")
        elif body is not None and len(body.body or b"") > LARGEST:
            yield self._aside(ref, too_large(len(body.body or b""), LARGEST))
        elif body is not None:
            said = outline.flags if body.flags is None else body.flags
            yield self._letter(pile.folder, ref, outline, body.body or b"", pile.folder.flags(said))

    def _moved_from(self, outline: Outline) -> str | None:
        return self.lost.take(outline.key(outline.header)) if outline.header is not None else None

    def _aside(self, ref: str, what: str) -> Problem:
        self.marks.set_aside(ref, "", what)
        return Problem(ref, what)

    def _letter(self, folder: Folder, ref: str, outline: Outline, data: bytes, flags: frozenset[str]) -> Letter:
        stored_at = outline.at if outline.at != LONG_AGO else self.at.clock()
        raw = RawMessage(data, self.at.account, ref, stored_at, folder.shown, flags)
        return Letter(raw, self.stamps.stamp(outline.key(data), flags), "")
