"""The commands of a sync, in words: one folder open at a time, and read only."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from service.integrations.imap.answers import Row, fetched
from service.integrations.imap.folders import Folder
from service.integrations.imap.line import Answer, Line
from service.integrations.imap.outline import ITEMS, ITEMS_AND_ID, Outline
from service.integrations.imap.refusals import Declined
from service.integrations.imap.sets import spelled, spelled_in_parts, uids_of

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
BODIES = "(UID FLAGS BODY.PEEK[])"
AGAIN = 20
"""Messages that an answer leaves out are asked for once more, one by one, so many of them: most likely they are gone meanwhile."""


class Opened(NamedTuple):
    """How a folder stood when it was opened. 0 where the server does not say."""

    validity: int
    next: int
    messages: int
    modseq: int
    answer: Answer


class Box:
    def __init__(self, line: Line, since: str) -> None:
        self._line = line
        self._since = f" SINCE {_day(since)}" if since else ""
        self._open: str | None = None
        self._tells = line.can("QRESYNC", "ENABLE")

    @property
    def tells(self) -> bool:
        """Whether the server says itself what was changed and what is gone (RFC 7162: QRESYNC)."""
        return self._tells

    def prepare(self) -> None:
        """Before the first folder is opened."""
        if self._tells:
            try:
                self._line.enable("QRESYNC")
            except Declined:
                self._tells = False

    def open(self, folder: Folder, *parameters: str) -> Opened:
        """Always anew. `parameters` as `(QRESYNC (7 12))`."""
        self._open = None
        answer = self._line.examine(folder.wire, *parameters)
        self._open = folder.name
        said = [answer.number(name) or 0 for name in ("UIDVALIDITY", "UIDNEXT", "EXISTS", "HIGHESTMODSEQ")]
        return Opened(said[0], said[1], said[2], said[3], answer)

    def see(self, folder: Folder) -> None:
        if self._open != folder.name:
            self.open(folder)

    def search(self, folder: Folder, low: int, high: int | None, *, all: bool = False) -> array[int]:
        """UIDs in [low, high), ascending; `all` counts those before `since` in. Compact where the server can (RFC 4731)."""
        self.see(folder)
        criteria = f"UID {low}:{'*' if high is None else high - 1}" + ("" if all else self._since)
        if self._line.can("ESEARCH"):
            found = uids_of(*_all_of(self._line.ask("UID", "SEARCH", "RETURN", "(ALL)", criteria)))
        else:
            found = uids_of(*(p for p in self._line.ask("UID", "SEARCH", criteria).parts("SEARCH") if isinstance(p, bytes)))
        # "n:*" means the last one too where that is below n
        return array("I", (uid for uid in found if uid >= low and (high is None or uid < high)))

    def highest(self, folder: Folder) -> int:
        """The highest UID, of an open folder that is not empty."""
        self.see(folder)
        return max(fetched(self._line.ask("UID", "FETCH", "*", "(UID)").parts("FETCH")), default=0)

    def changed(self, folder: Folder, below: int, modseq: int) -> set[int]:
        """UIDs below `below` whose flags changed since (RFC 7162, section 3.1.4.1)."""
        self.see(folder)
        answer = self._line.ask("UID", "FETCH", f"1:{below - 1}", "(UID FLAGS)", f"(CHANGEDSINCE {modseq})")
        return {uid for uid in fetched(answer.parts("FETCH")) if uid < below}

    def flags(self, folder: Folder, uids: Iterable[int]) -> Iterator[tuple[int, frozenset[str]]]:
        self.see(folder)
        for part in spelled_in_parts(uids):
            rows = fetched(self._line.ask("UID", "FETCH", part, "(UID FLAGS)").parts("FETCH"))
            yield from ((row.uid, row.flags) for row in rows.values() if row.flags is not None)

    def outlines(self, folder: Folder, uids: Iterable[int], *, ids: bool) -> list[Outline]:
        """The newest first. `ids`: with the header that holds the Message-ID."""
        self.see(folder)
        rows: dict[int, Row] = {}
        wanted = sorted(uids)
        for part in spelled_in_parts(wanted):
            rows |= self._rows(part, ids=ids)
        for uid in [uid for uid in wanted if uid not in rows][:AGAIN]:
            rows |= self._rows(str(uid), ids=ids)
        return [Outline.of(rows[uid]) for uid in reversed(wanted) if uid in rows]

    def _rows(self, uids: str, *, ids: bool) -> dict[int, Row]:
        return fetched(self._line.ask("UID", "FETCH", uids, ITEMS_AND_ID if ids else ITEMS).parts("FETCH"))

    def bodies(self, folder: Folder, batches: Iterable[list[int]]) -> Iterator[dict[int, Row | str]]:
        """Of each batch; the server looks for the next one while the last is worked on. What is not in it is gone. A message that the
        server won't hand over comes as its words instead, and the others still come.
        """
        self.see(folder)
        under_way: tuple[list[int], bytes] | None = None
        for uids in batches:
            found = self._received(under_way) if under_way else None
            under_way = (uids, self._line.send("UID", "FETCH", spelled(sorted(uids)), BODIES)) if uids else ([], b"")
            if found is not None:
                yield found
        if under_way:
            yield self._received(under_way)

    def _received(self, under_way: tuple[list[int], bytes]) -> dict[int, Row | str]:
        uids, tag = under_way
        if not uids:
            return {}
        try:
            found: dict[int, Row | str] = _with_bodies(self._line.receive(tag))
        except Declined:
            found = {}
        for uid in [uid for uid in uids if uid not in found]:
            found |= self._alone(uid)
        return found

    def _alone(self, uid: int) -> dict[int, Row | str]:
        try:
            return _with_bodies(self._line.ask("UID", "FETCH", str(uid), BODIES))
        except Declined as error:
            return {uid: error.said or error.code or "no reason given"}


def _with_bodies(answer: Answer) -> dict[int, Row | str]:
    return {uid: row for uid, row in fetched(answer.parts("FETCH")).items() if row.body is not None}


def _all_of(answer: Answer) -> Iterator[bytes]:
    """RFC 4731, section 3.1; a server may answer in the old way nevertheless."""
    for part in answer.parts("ESEARCH"):
        if isinstance(part, bytes):
            tokens = part.split()
            yield from (value for name, value in pairwise(tokens) if name.upper() == b"ALL")
    yield from (part for part in answer.parts("SEARCH") if isinstance(part, bytes))


def _day(iso: str) -> str:
    """RFC 3501, section 9: date."""
    day = date.fromisoformat(iso)
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"
