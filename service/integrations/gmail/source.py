"""A mailbox as a source. A message's ref is its id; its stamp is its folder and flags, for its bytes never change.

What has happened comes by history. What was there before is walked through newest first, passing over what is held: so a walk that
was broken off goes on anywhere, with no token of Gmail's that could grow old, and costs a request for five hundred messages held.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from service.domain.sync import Change, Delete, Page, Problem
from service.errors import ExternalError, Rejected
from service.http import Refused
from service.integrations.files.letters import Letter, Marker, understand
from service.integrations.files.pages import paged
from service.integrations.files.place import many, sound, unsound
from service.integrations.files.progress import Progress
from service.integrations.gmail import history
from service.integrations.gmail.box import Box
from service.integrations.gmail.doorbell import GmailBell
from service.integrations.gmail.labels import NEVER, Labels
from service.integrations.gmail.letters import KEY, letter, marked
from service.integrations.gmail.marks import Marks
from service.integrations.google.api import AT_ONCE
from service.integrations.google.login import Login
from service.integrations.listening import Listening
from service.ports import Check, Doorbell, Surroundings

if TYPE_CHECKING:
    from service.integrations.gmail import Settings

FILL, COMPARE = "fill", "compare"
"""Walks: of what is not held yet, or also of what is held, whose labels may have changed and which may be gone."""
Found = Letter | Change | Problem | Marker


class Gmail:
    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._settings, self._at = settings, at
        self._box = Box(settings, at)

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        progress = Progress(cursor, self._fingerprint())
        return paged(understand(self._at, _Reading(self._box, self._at, progress, held).found(), progress), progress)

    def doorbell(self, ring: Callable[[], None]) -> Doorbell | None:
        bell = self._bell(ring)
        return Listening(bell.listen, ring) if bell else None

    def _bell(self, ring: Callable[[], None] = lambda: None) -> GmailBell | None:
        settings = self._settings
        if settings.watch is None:
            return None
        login = Login(settings.login, self._at.credentials, self._at.clock)  # its own: another thread's
        return GmailBell(settings.watch, login, settings.login, ring, self._at.clock, settings.endpoint)

    def check(self) -> Check:
        """Without its doorbell mail is read on the cadence: what is wrong with that is advice."""
        try:
            _, total = self._box.profile()
            self._box.labels()
        except ExternalError as error:
            return unsound(error)
        says = f"Gmail of {self._box.login.who or self._settings.login}" + (f": {many(total, 'message')}" if total else "")
        try:
            if bell := self._bell():
                bell.try_out()
        except ExternalError as error:
            return Check(ok=True, says=f"{says}; its doorbell is silent, so it is read on its cadence", fix=str(error))
        return sound(says)

    def _fingerprint(self) -> str:
        """A cursor is good for one mailbox, one choice of labels and one set of own addresses."""
        said = (self._box.login.who, self._settings.labels, self._settings.skip, sorted(self._at.person.emails), KEY)
        return hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()


class _Reading:
    """One sync. `progress.table` holds `since`, the history id up to which all is known, and `walk` while there is one."""

    def __init__(self, box: Box, at: Surroundings, progress: Progress, held: Mapping[str, str]) -> None:
        self._box, self._at, self._progress, self._held = box, at, progress, held
        self._table = progress.table
        self._known: Labels | None = None
        self._done: set[str] = set()  # read in this sync, while there is a walk

    def found(self) -> Iterator[Found]:
        for ref in self._progress.refs_aside():
            yield from self._progress.still(ref)
        if self._table.get("since"):
            try:
                yield from self._news(self._table["since"])
            except Refused as error:
                if error.status not in {400, 404}:
                    raise
                self._begin(COMPARE)
        else:
            self._begin(COMPARE if self._held else FILL)
        if self._table.get("walk"):
            yield from self._walk(compare=self._table["walk"] == COMPARE)
            yield partial(self._table.pop, "walk", None)

    @property
    def _labels(self) -> Labels:
        self._known = self._known or self._box.labels()
        return self._known

    def _begin(self, walk: str) -> None:
        """What happens from here on is history's to tell."""
        since, total = self._box.profile()
        self._table.clear()
        self._table.update({"since": since, "walk": walk})
        self._progress.total = total if walk == FILL else None

    # --- what happened -----------------------------------------------------------------------------------------------------

    def _news(self, since: str) -> Iterator[Found]:
        for page in self._box.history(since):
            if page.get("history"):
                happened = history.read(page["history"], self._labels)
                yield from self._apply(happened)
                since = happened.last or since
            if not page.get("nextPageToken"):
                since = str(page.get("historyId") or since)
            yield partial(self._table.__setitem__, "since", since)

    def _apply(self, happened: history.Happened) -> Iterator[Found]:
        for id in happened.gone:
            self._progress.forget(id)
            yield Delete(id)
        yield from self._read(happened.unread, again=True)
        for id, got in self._box.marks(happened.marked):
            if not isinstance(got, Rejected):
                yield marked(id, got, self._labels)

    # --- what was there before -----------------------------------------------------------------------------------------------

    def _walk(self, *, compare: bool) -> Iterator[Found]:
        marks = Marks.read(self._box, self._labels) if compare else None
        skipped = {id for label in self._labels.skip - NEVER for ids in self._box.ids(label) for id in ids}
        there: set[str] = set()
        roots: list[str | None] = [*sorted(self._labels.only)] or [None]
        for label in roots:
            for ids in self._box.ids(label):
                wanted = [id for id in ids if id not in skipped and id not in there]
                if marks is not None:
                    yield from marks.changed(wanted, self._held, self._done)
                if marks is not None or self._labels.only:
                    there.update(wanted)
                yield from self._read(id for id in wanted if self._is_new(id))
        if compare:
            yield from (Delete(ref) for ref in self._held if ref not in there and ref not in self._done)

    def _is_new(self, id: str) -> bool:
        return id not in self._held and id not in self._done and not self._progress.is_aside(id, KEY)

    def _read(self, ids: Iterable[str], *, again: bool = False) -> Iterator[Found]:
        """`again`: they may be held, and what is not wanted is let go of."""
        waiting = list(ids)
        for id in waiting if again else ():
            self._progress.forget(id)
        for start in range(0, len(waiting), AT_ONCE):
            for id, got in self._box.whole(waiting[start : start + AT_ONCE]):
                yield from self._understood(id, got, again=again)

    def _understood(self, id: str, got: object, *, again: bool) -> Iterator[Found]:
        if isinstance(got, Refused) and got.status == 404:
            return  # gone since it was listed: history tells
        if isinstance(got, Rejected):
            yield self._aside(id, str(got))
            return
        assert isinstance(got, Mapping)
        had = got.get("labelIds") or ()
        if not self._labels.wants(had):
            if again:
                yield Delete(id)
            else:
                self._progress.set_aside(id, KEY)
            return
        one = letter(got, id, self._labels.place(had), self._at.account, self._box.login.who, self._at.clock())
        if self._table.get("walk"):
            self._done.add(id)
        yield one or self._aside(id, "Gmail gives it without its text")

    def _aside(self, id: str, what: str) -> Problem:
        self._progress.set_aside(id, KEY, what)
        return Problem(id, what)
