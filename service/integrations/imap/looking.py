"""What has become of each folder since its mark: by the server's word where it has RFC 7162, else by comparison."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from service.domain.sync import Moved, Problem
from service.integrations.imap.answers import fetched
from service.integrations.imap.box import Box, Opened
from service.integrations.imap.folders import Folder, Status
from service.integrations.imap.held import Held
from service.integrations.imap.marks import Mark, Marks, Stamps, a_ref, parse_ref
from service.integrations.imap.outline import Outline
from service.integrations.imap.reading import Lost, Pile
from service.integrations.imap.refusals import Declined
from service.integrations.imap.sets import uids_of

RECENT = 2000
"""Where the server does not tell of changes, the flags of so many newest messages of a folder are compared."""
MANY = 20
"""From so many on it is worth to ask what is held, to know again what moved; below, the few bodies cost less."""
DOUBTFUL = 1000
"""So many deletions at once may be all that a server ever had: it is free to forget which came when (RFC 7162, section 3.2.5.1)."""


@dataclass(slots=True)
class Looking:
    """`piles` and `gone` are found meanwhile, and `after` is how the marks stand once those are dealt with."""

    box: Box
    marks: Marks
    held: Held
    stamps: Stamps
    known: bool  # whether there is a good cursor
    sweep: bool  # compare flags although nothing seems to have changed
    since: str = ""
    piles: list[Pile] = field(default_factory=list)
    gone: dict[str, str | None] = field(default_factory=dict)  # ref → stamp, None where it was not looked up
    after: dict[str, Status] = field(default_factory=dict)
    compared: set[str] = field(default_factory=set)  # those that could be, of the suspect ones
    _aside: set[str] = field(default_factory=set)

    def look(self, folder: Folder, status: Status) -> Iterator[Moved | Problem]:
        self._aside = set(self.marks.refs_aside())
        try:
            yield from self._look(folder, status)
        except Declined as error:
            yield Problem(folder.shown, f"can't be opened ({error.said or error.code}); what is known of it stays")

    def vanished(self, name: str) -> None:
        """A folder that is not there any more, or not read any more."""
        self.marks.folders.pop(name, None)
        self.compared.add(name)
        self._lose(self.held.of(name))
        for ref in list(self.marks.aside_in(name)):
            self.marks.forget(ref)

    def lost(self) -> Lost:
        """Stamps are looked up where that saves more than it costs."""
        unknown = [ref for ref, stamp in self.gone.items() if stamp is None]
        if len(unknown) > DOUBTFUL or (len(unknown) >= MANY and sum(pile.left for pile in self.piles) >= MANY):
            found = self.held.stamps(unknown)
            for ref in unknown:
                if ref in found:
                    self.gone[ref] = found[ref]
                else:
                    del self.gone[ref]
        lost = Lost()
        for ref, stamp in self.gone.items():
            lost.add(ref, self.stamps.key(stamp) if stamp is not None else None)
        return lost

    def settle(self) -> None:
        """All that was found is dealt with."""
        for name, status in self.after.items():
            if (mark := self.marks.folders.get(name)) is not None:
                mark.status = status
        self.marks.suspect -= self.compared
        self.after.clear()

    # --- one folder --------------------------------------------------------------------------------------------------------

    def _look(self, folder: Folder, status: Status) -> Iterator[Moved]:
        mark = self.marks.folders.get(folder.name)
        suspected = folder.name in self.marks.suspect
        if mark is not None and mark.status.validity != status.validity:
            suspected = True
        if suspected:
            yield from self._compare(folder)
        elif mark is None:
            self._begin(folder, status)
        elif not same(mark.status, status) or (self.sweep and not status.modseq):
            yield from self._changed(folder, mark, status)

    def _begin(self, folder: Folder, status: Status) -> None:
        """A new folder is history, the newest of it excepted, unless what is lost elsewhere may turn up in it."""
        if not status.next:
            status = self._status(folder, status, self.box.open(folder))
        if self.known or self.since:
            uids = self.box.search(folder, 1, status.next)
            first = uids[0] if uids else status.next
        else:
            uids, first = None, 1
        mark = Mark(status, [[first, status.next]] if first < status.next else [], first)
        self.marks.folders[folder.name] = mark
        if self.known and uids:
            self.piles.append(Pile(folder, status.validity, [(first, status.next)], uids))

    def _changed(self, folder: Folder, mark: Mark, status: Status) -> Iterator[Moved]:
        old = mark.status
        told = self.box.tells and old.modseq > 0 and status.modseq > 0
        opened = self.box.open(folder, *([f"(QRESYNC ({old.validity} {old.modseq}))"] if told else []))
        if opened.validity not in {0, old.validity}:
            yield from self._compare(folder, opened)
            return
        now = self._status(folder, status, opened)
        altered = sorted(uid for uid in fetched(opened.answer.parts("FETCH")) if mark.known(uid))
        gone = [uid for uid in uids_of(*_vanished(opened)) if mark.known(uid)] if told else []
        if told:
            self._lose(dict.fromkeys(a_ref(folder.name, old.validity, uid) for uid in gone))
        elif old.modseq and status.modseq:
            altered = sorted(filter(mark.known, self.box.changed(folder, old.next, old.modseq)))
        self._arrived(folder, mark, now)
        yield from self._altered(folder, old.validity, altered)
        if not told:
            yield from self._by_counting(folder, old, opened, flags=not (old.modseq and status.modseq))
        self.after[folder.name] = now

    def _arrived(self, folder: Folder, mark: Mark, now: Status) -> None:
        low, high = mark.status.next, now.next
        if high <= low:
            return
        mark.unread.insert(0, [low, high])
        mark.status = replace(mark.status, next=high, messages=None)  # until all is dealt with, their number tells nothing
        self.piles.append(Pile(folder, now.validity, [(low, high)], self.box.search(folder, low, high)))

    def _by_counting(self, folder: Folder, old: Status, opened: Opened, *, flags: bool) -> Iterator[Moved]:
        """Deletions show in the number of messages; which they are, only what is held tells."""
        arrived = len(self.box.search(folder, old.next, None, all=True))
        if old.messages is None or opened.messages != old.messages + arrived:
            self._missing(folder, old.validity, self.box.search(folder, 1, None, all=True))
        if flags:
            held = self._held_uids(folder, old.validity)
            yield from self._compare_flags(folder, old.validity, held[-RECENT:])

    def _compare(self, folder: Folder, opened: Opened | None = None) -> Iterator[Moved]:
        """By what is held, as if there were no mark."""
        self.marks.suspect.add(folder.name)
        opened = opened or self.box.open(folder)
        status = self._status(folder, Status(opened.validity, 0), opened)
        there = self.box.search(folder, 1, None, all=True)
        self._missing(folder, opened.validity, there)
        yield from self._compare_flags(folder, opened.validity, self._held_uids(folder, opened.validity))
        readable = self.box.search(folder, 1, None) if self.since else there
        held = self.held.of(folder.name)
        unread = array("I", (uid for uid in readable if uid < status.next and self._unread(folder, opened.validity, uid, held)))
        first = min(readable, default=status.next) if self.since else 1
        self.marks.folders[folder.name] = Mark(status, first=first)
        self.piles.append(Pile(folder, opened.validity, [], unread))
        self.after[folder.name] = status
        self.compared.add(folder.name)

    def _unread(self, folder: Folder, validity: int, uid: int, held: Mapping[str, str]) -> bool:
        ref = a_ref(folder.name, validity, uid)
        stamp = held.get(ref)
        return ref not in self._aside and (stamp is None or self.stamps.key(stamp) is None)

    def _missing(self, folder: Folder, validity: int, there: Iterable[int]) -> None:
        """All that is held or set aside of this folder, and not there."""
        uids = set(there)

        def is_gone(ref: str) -> bool:
            _, of, uid = parse_ref(ref)
            return of != validity or uid not in uids

        self._lose({ref: stamp for ref, stamp in self.held.of(folder.name).items() if is_gone(ref)})
        for ref in [*filter(is_gone, self.marks.aside_in(folder.name))]:
            self.marks.forget(ref)

    def _lose(self, refs: Mapping[str, str | None]) -> None:
        for ref, stamp in refs.items():
            if ref in self._aside:
                self.marks.forget(ref)
            else:
                self.gone[ref] = stamp

    # --- flags -------------------------------------------------------------------------------------------------------------

    def _altered(self, folder: Folder, validity: int, uids: list[int]) -> Iterator[Moved]:
        for start in range(0, len(uids), 500):
            for outline in self.box.outlines(folder, uids[start : start + 500], ids=True):
                ref = a_ref(folder.name, validity, outline.uid)
                if ref not in self._aside and not self._too_old(outline):
                    flags = folder.flags(outline.flags)
                    stamp = self.stamps.stamp(outline.key(outline.header or b""), flags)
                    yield Moved(ref, ref, stamp, flags, folder.shown)

    def _too_old(self, outline: Outline) -> bool:
        return outline.at.date().isoformat() < self.since

    def _held_uids(self, folder: Folder, validity: int) -> list[int]:
        placed = (parse_ref(ref) for ref in self.held.of(folder.name))
        return sorted(uid for _, of, uid in placed if of == validity)

    def _compare_flags(self, folder: Folder, validity: int, uids: list[int]) -> Iterator[Moved]:
        held = self.held.of(folder.name)
        for uid, said in self.box.flags(folder, uids):
            ref = a_ref(folder.name, validity, uid)
            stamp, flags = held.get(ref, ""), folder.flags(said)
            key = self.stamps.key(stamp)
            if key is not None and (now := self.stamps.stamp(key, flags)) != stamp:
                yield Moved(ref, ref, now, flags, folder.shown)

    def _status(self, folder: Folder, status: Status, opened: Opened) -> Status:
        """As it stood when it was opened."""
        next = opened.next or status.next or (self.box.highest(folder) + 1 if opened.messages else 1)
        return Status(opened.validity or status.validity, next, opened.messages, status.unseen, opened.modseq or status.modseq)


def same(old: Status, new: Status) -> bool:
    """With HIGHESTMODSEQ nothing can have changed that it does not show; without, what is answered or flagged may have."""
    if (old.validity, old.next) != (new.validity, new.next) or not new.next:
        return False
    if old.modseq and new.modseq:
        return old.modseq == new.modseq
    return (old.messages, old.unseen) == (new.messages, new.unseen)


def _vanished(opened: Opened) -> Iterator[bytes]:
    for part in opened.answer.parts("VANISHED"):
        if isinstance(part, bytes):
            yield part.replace(b"(EARLIER)", b"").strip()
