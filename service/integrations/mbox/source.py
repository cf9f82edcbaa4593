"""mbox files as a source. A message's ref is its file and the digest of its content, so that rewriting the file keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from service.domain.raw import RawMessage
from service.domain.sync import Change, Delete, Moved, Page, Problem
from service.errors import ExternalError
from service.integrations.files.contents import Unfit, Vanished, too_large
from service.integrations.files.letters import LARGEST, Letter, Marker, flags_of_folder, understand
from service.integrations.files.pages import paged
from service.integrations.files.place import many, sound, unsound
from service.integrations.files.progress import Progress
from service.integrations.files.tree import list_files
from service.integrations.files.walk import Entry, Listing, changed_at
from service.integrations.mbox.files import Known, MboxFile, folder_name, may_be_mbox, opened
from service.integrations.mbox.message import Found, parse
from service.ports import Check, Surroundings

if TYPE_CHECKING:
    from service.integrations.mbox import Settings

Step = Letter | Change | Problem | Marker
_LABELLED = {"sent": "Sent", "spam": "Spam", "trash": "Trash", "drafts": "Drafts", "draft": "Drafts", "inbox": "Inbox"}


class _Old(NamedTuple):
    """What the store holds, as far as this sync has to know it."""

    held: Mapping[str, str]
    of_file: dict[str, set[str]]  # refs of each file that is there
    elsewhere: dict[str, str]  # digest → ref, of files that are gone


class Mbox:
    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._at = at
        self._path = settings.place(at)
        self._fingerprint = settings.fingerprint(*sorted(at.person.emails))

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        progress = Progress(cursor, self._fingerprint)
        return paged(self._changes(held, progress), progress)

    def check(self) -> Check:
        try:
            _, listing = list_files(self._path, may_be_mbox)
        except ExternalError as error:
            return unsound(error)
        size = sum(entry.size for entry in listing.entries)
        return sound(f"{self._path}: {many(len(listing.entries), 'file')}, {size / 1e6:,.1f} MB")

    def _changes(self, held: Mapping[str, str], progress: Progress) -> Iterator[Change | Problem]:
        root, listing = list_files(self._path, may_be_mbox)
        yield from listing.problems
        _forget_gone(progress, listing)
        changed = [entry for entry in listing.entries if not self._is_known(entry, progress)]
        changed_refs = {entry.ref for entry in changed}
        for ref in progress.refs_aside():
            if ref.rpartition("#")[0] not in changed_refs and ref not in changed_refs:
                yield from progress.still(ref)
        old = _sort_held(held, listing)
        yield from understand(self._at, self._read_all(root, changed, old, progress), progress)
        yield from (Delete(ref) for ref in sorted(old.elsewhere.values()))

    def _is_known(self, entry: Entry, progress: Progress) -> bool:
        known = Known.load(progress.table.get(entry.ref))
        if known is not None:
            return (known.size, known.mtime_ns) == (entry.size, entry.mtime_ns)
        return progress.is_aside(entry.ref, entry.stamp)

    def _read_all(self, root: Path, entries: list[Entry], old: _Old, progress: Progress) -> Iterator[Step]:
        for entry in entries:
            try:
                with opened(root / entry.rel) as file:
                    yield from self._read(file, entry, old, progress)
            except Vanished:
                continue
            except Unfit as error:
                yield Problem(entry.ref, str(error))

    def _read(self, file: MboxFile, entry: Entry, old: _Old, progress: Progress) -> Iterator[Step]:
        if file.size and not file.begins_like_mbox():
            what = 'is no mbox: it does not begin with a "From " line' if "mbox" in entry.rel.lower() else ""
            progress.set_aside(entry.ref, entry.stamp, what)
            if what:
                yield Problem(entry.ref, what)
            return
        known = Known.load(progress.table.get(entry.ref))
        grew = known is not None and file.only_grew(known)
        if not grew:
            _forget_within(progress, entry.ref)
        starts = file.starts(known.last if known is not None and grew else file.start_of_text())
        seen: dict[str, None] = {}  # in reading order: the first is the file's last message
        for start, length in file.spans(starts):
            if length > LARGEST:
                yield from _too_large(entry, start, length, progress)
                continue
            chunk = file.chunk(start, length)
            if chunk is None:
                yield Problem(entry.ref, "changed while it was read; the next sync reads it again")
                return
            found = parse(chunk)
            if found.digest not in seen:
                seen[found.digest] = None
                yield from self._step(found, entry, old, progress)
        before = ({known.last_ref} if known else set()) if grew else old.of_file.get(entry.ref, set())
        yield from (Delete(ref) for ref in sorted(before) if ref in old.held and _digest(ref) not in seen)
        last = starts[-1] if starts else 0
        now = Known(file.size, file.mtime_ns, last, *file.edges(last), f"{entry.ref}#{next(iter(seen), '')}")
        yield partial(_note, progress, entry.ref, now)

    def _step(self, found: Found, entry: Entry, old: _Old, progress: Progress) -> Iterator[Step]:
        ref = f"{entry.ref}#{found.digest}"
        folder = next((_LABELLED[label.lower()] for label in found.labels if label.lower() in _LABELLED), folder_name(entry.ref))
        flags = found.flags | flags_of_folder(folder)
        stamp = f"{self._fingerprint}:{','.join(sorted(flags))}"
        held = old.held.get(ref)
        if held == stamp or found.internal or progress.is_aside(ref, self._fingerprint):
            return
        if held is not None and held.startswith(f"{self._fingerprint}:"):
            yield Moved(ref, ref, stamp, flags)
        elif held is None and (before := old.elsewhere.get(found.digest)):
            del old.elsewhere[found.digest]
            yield Moved(before, ref, stamp, flags, folder)
        else:
            stored_at = found.sent_at() or changed_at(entry.mtime_ns)
            raw = RawMessage(found.data, self._at.account, ref, stored_at, folder, flags)
            yield Letter(raw, stamp, self._fingerprint)


def _note(progress: Progress, ref: str, now: Known) -> None:
    progress.table[ref] = now.dump()


def _too_large(entry: Entry, start: int, length: int, progress: Progress) -> Iterator[Problem]:
    ref, what = f"{entry.ref}#at{start}", too_large(length, LARGEST)
    progress.set_aside(ref, str(length), what)
    yield Problem(ref, what)


def _sort_held(held: Mapping[str, str], listing: Listing) -> _Old:
    there = {entry.ref for entry in listing.entries}
    of_file: dict[str, set[str]] = {}
    elsewhere: dict[str, str] = {}
    for ref in held:
        file = ref.rpartition("#")[0]
        if file in there:
            of_file.setdefault(file, set()).add(ref)
        elif not listing.hides(file):
            elsewhere[_digest(ref)] = ref
    return _Old(held, of_file, elsewhere)


def _forget_gone(progress: Progress, listing: Listing) -> None:
    there = {entry.ref: entry for entry in listing.entries}
    for ref in progress.refs_aside():
        if ref not in there and ref.rpartition("#")[0] not in there:
            progress.forget(ref)
    for ref in list(progress.table):
        if ref not in there and not listing.hides(ref):
            del progress.table[ref]


def _forget_within(progress: Progress, file: str) -> None:
    """The file is read anew: what was wrong in it is found again, or is not there any more."""
    for ref in progress.refs_aside():
        if ref.rpartition("#")[0] == file:
            progress.forget(ref)


def _digest(ref: str) -> str:
    return ref.rpartition("#")[2]
