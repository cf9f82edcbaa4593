"""A tree of files, each an item: what is new or changed, what is gone, what is still wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from service.domain.sync import Problem
from service.integrations.files.place import kind_of, translate
from service.integrations.files.progress import Progress
from service.integrations.files.walk import Entry, Listing, walk


@dataclass(frozen=True, slots=True)
class Difference:
    unread: list[Entry]  # newest first
    gone: list[str]
    problems: list[Problem]


def list_files(path: Path, wanted: Callable[[str], bool], *, skip: Callable[[str], bool] | None = None) -> tuple[Path, Listing]:
    """The folder and what is listed in it, newest first; a path to one file is a folder with that alone in it."""
    if kind_of(path) == "folder":
        listing = walk(path, wanted, skip=skip)
        listing.newest_first()
        return path, listing
    try:
        status = path.stat()
    except OSError as error:
        raise translate(error, path) from error
    real = path.resolve()  # a link that the config itself names is followed
    return real.parent, Listing([Entry(real.name, status.st_size, status.st_mtime_ns)])


def compare(listing: Listing, held: Mapping[str, str], progress: Progress, fingerprint: str) -> Difference:
    """By stamps alone: no file is opened."""
    problems = list(listing.problems)
    unread: list[Entry] = []
    there: set[str] = set()
    for entry in listing.entries:
        ref, stamp = entry.ref, f"{fingerprint}.{entry.stamp}"
        there.add(ref)
        if progress.is_aside(ref, stamp):
            problems.extend(progress.still(ref))
        elif held.get(ref) != stamp:
            progress.forget(ref)
            unread.append(entry)
    for ref in progress.refs_aside():
        if ref not in there:
            progress.forget(ref)
    gone = [ref for ref in held if ref not in there and not listing.hides(ref)]
    progress.total = len(unread)
    return Difference(unread, gone, problems)
