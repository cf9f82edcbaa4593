"""A tree of text files as a source: one note a file, its ref the path, its stamp the file's size and time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from service.domain.sync import Change, Delete, Page, Problem, Upsert
from service.errors import ExternalError
from service.integrations.files.contents import MEGABYTE, Unfit, Vanished, read
from service.integrations.files.pages import paged
from service.integrations.files.place import many, sound, unsound, uri
from service.integrations.files.progress import Progress
from service.integrations.files.text import decode, is_binary
from service.integrations.files.tree import compare, list_files
from service.integrations.files.walk import Entry, changed_at
from service.integrations.notes.note import File, to_note
from service.ports import Check, Surroundings

if TYPE_CHECKING:
    from service.integrations.notes import Settings

LARGEST = 10 * MEGABYTE
_TEXT = re.compile(r"\.(md|markdown|mdown|mkd|txt|text|org|rst|adoc|asciidoc|vtt|srt)$", re.IGNORECASE)
_NOT_NOTES = frozenset({"node_modules", "__pycache__"})


def is_note(name: str) -> bool:
    return not name.startswith((".", "~")) and bool(_TEXT.search(name))


class Notes:
    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._at = at
        self._path = settings.place(at)
        self._skip = frozenset(settings.skip) | _NOT_NOTES
        self._fingerprint = settings.fingerprint(str(self._path), at.person.timezone, at.person.name, *sorted(at.person.emails))

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        progress = Progress(cursor, self._fingerprint)
        return paged(self._changes(held, progress), progress)

    def check(self) -> Check:
        try:
            _, listing = list_files(self._path, is_note, skip=self._is_skipped)
        except ExternalError as error:
            return unsound(error)
        return sound(f"{self._path}: {many(len(listing.entries), 'note')}")

    def _is_skipped(self, name: str) -> bool:
        return name.startswith(".") or name in self._skip

    def _changes(self, held: Mapping[str, str], progress: Progress) -> Iterator[Change | Problem]:
        root, listing = list_files(self._path, is_note, skip=self._is_skipped)
        difference = compare(listing, held, progress, self._fingerprint)
        yield from difference.problems
        for entry in difference.unread:
            stamp = f"{self._fingerprint}.{entry.stamp}"
            try:
                yield Upsert(to_note(self._file(root, entry), self._at), entry.ref, stamp)
            except Vanished:
                continue
            except Unfit as error:
                progress.set_aside(entry.ref, stamp, str(error))
                yield Problem(entry.ref, str(error))
        yield from (Delete(ref) for ref in difference.gone)

    def _file(self, root: Path, entry: Entry) -> File:
        data = read(root / entry.rel, LARGEST)
        if is_binary(data):
            raise Unfit("is no text, whatever its name says")
        return File(entry.ref, decode(data), changed_at(entry.mtime_ns), uri(root / entry.rel))
