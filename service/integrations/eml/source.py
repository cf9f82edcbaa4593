"""A tree of single messages as a source: a ref is a path, a stamp the file's size and time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from service.domain.raw import RawMessage
from service.domain.sync import Change, Delete, Page, Problem
from service.errors import ExternalError
from service.integrations.eml.looks import looks_like_mail, may_be_mail, named_as_mail, no_message
from service.integrations.files.contents import Unfit, Vanished, read
from service.integrations.files.letters import LARGEST, Letter, flags_of_folder, understand
from service.integrations.files.pages import paged
from service.integrations.files.place import kind_of, many, sound, unsound, uri
from service.integrations.files.progress import Progress
from service.integrations.files.tree import compare, list_files
from service.integrations.files.walk import Entry, changed_at, printable
from service.ports import Check, Surroundings

if TYPE_CHECKING:
    from service.integrations.eml import Settings


class Eml:
    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._at = at
        self._path = settings.place(at)
        self._fingerprint = settings.fingerprint(str(self._path), *sorted(at.person.emails))

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        progress = Progress(cursor, self._fingerprint)
        return paged(self._changes(held, progress), progress)

    def check(self) -> Check:
        try:
            kind_of(self._path)
            _, listing = list_files(self._path, may_be_mail)
        except ExternalError as error:
            return unsound(error)
        return sound(f"{self._path}: {many(len(listing.entries), 'file')}")

    def _changes(self, held: Mapping[str, str], progress: Progress) -> Iterator[Change | Problem]:
        root, listing = list_files(self._path, may_be_mail)
        difference = compare(listing, held, progress, self._fingerprint)
        yield from difference.problems
        yield from understand(self._at, self._letters(root, difference.unread, progress), progress)
        yield from (Delete(ref) for ref in difference.gone)

    def _letters(self, root: Path, entries: list[Entry], progress: Progress) -> Iterator[Letter | Problem]:
        for entry in entries:
            stamp = f"{self._fingerprint}.{entry.stamp}"
            try:
                data = read(root / entry.rel, LARGEST)
            except Vanished:
                continue
            except Unfit as error:
                progress.set_aside(entry.ref, stamp, str(error))
                yield Problem(entry.ref, str(error))
                continue
            wrong = no_message(data)
            if wrong and named_as_mail(entry.rel.rpartition("/")[2]):
                progress.set_aside(entry.ref, stamp, wrong)
                yield Problem(entry.ref, wrong)
            elif named_as_mail(entry.rel.rpartition("/")[2]) or looks_like_mail(data[:8000]):
                yield Letter(self._raw(root, entry, data), stamp, stamp)
            else:
                progress.set_aside(entry.ref, stamp)

    def _raw(self, root: Path, entry: Entry, data: bytes) -> RawMessage:
        folder = printable(entry.rel.rpartition("/")[0])
        flags = flags_of_folder(folder)
        head = data[:4000].lower()
        if b"\nx-unsent: 1" in head or head.startswith(b"x-unsent: 1"):  # how Outlook marks a draft that it saved
            flags |= {"draft"}
        stored_at = changed_at(entry.mtime_ns)
        return RawMessage(data, self._at.account, entry.ref, stored_at, folder, flags, uri(root / entry.rel))
