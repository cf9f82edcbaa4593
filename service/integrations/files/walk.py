"""Listing a tree of files: names, sizes and times, never contents. Links, pipes and devices are left alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from service.domain.sync import Problem
from service.integrations.files.place import translate

DEEPEST = 40
"""Folders in folders; deeper trees are made by accident or to harm."""


class Entry(NamedTuple):
    """A regular file. `rel` is its path below the root as the file system spells it."""

    rel: str
    size: int  # bytes
    mtime_ns: int

    @property
    def ref(self) -> str:
        return printable(self.rel)

    @property
    def stamp(self) -> str:
        return f"{self.size}.{self.mtime_ns}"


@dataclass(slots=True)
class Listing:
    """`unlisted` are the folders (as ref prefixes) that could not be looked into: what is held of them stays held."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)

    def hides(self, ref: str) -> bool:
        return any(ref.startswith(prefix) for prefix in self.unlisted)

    def newest_first(self) -> None:
        self.entries.sort(key=lambda entry: entry.mtime_ns, reverse=True)


def changed_at(mtime_ns: int) -> datetime:
    """A file's time may be anything; what no calendar holds becomes the nearest that one does."""
    return datetime.fromtimestamp(min(max(mtime_ns / 1e9, 0), 7_000_000_000), UTC)


def printable(name: str) -> str:
    """The name as valid text: bytes that are no UTF-8 are spelt out, because a database refuses them."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("utf-8", "backslashreplace")
    return name


def walk(root: Path, wanted: Callable[[str], bool], *, skip: Callable[[str], bool] | None = None) -> Listing:
    """All files below `root` whose name is `wanted`; folders whose name is to be `skip`ped are not entered.

    Raises Unavailable or AccessLost where the root itself can't be listed; a folder below it becomes a problem.
    """
    found = Listing()
    folders: list[tuple[str, int]] = [("", 0)]
    while folders:
        rel, depth = folders.pop()
        for name, path, status in scan(root, rel, found):
            if status is None:
                if depth == DEEPEST:
                    found.problems.append(Problem(printable(path), f"lies more than {DEEPEST} folders deep and is not read"))
                    found.unlisted.append(printable(path) + "/")
                elif not (skip and skip(name)):
                    folders.append((path, depth + 1))
            elif wanted(name):
                found.entries.append(Entry(path, status.st_size, status.st_mtime_ns))
    return found


def scan(root: Path, rel: str, found: Listing) -> list[tuple[str, str, os.stat_result | None]]:
    """One folder's files with their status, and its folders with None. What goes wrong is noted in `found`."""
    prefix = f"{rel}/" if rel else ""
    listed: list[tuple[str, str, os.stat_result | None]] = []
    try:
        with os.scandir(root / rel) as entries:
            for entry in entries:
                kept = _look(root, prefix, entry, found)
                if kept is not None:
                    listed.append(kept)
    except FileNotFoundError as error:
        if not rel:
            raise translate(error, root) from error
    except OSError as error:
        if not rel:
            raise translate(error, root) from error
        found.problems.append(Problem(printable(rel), f"can't be listed ({error.strerror or error})"))
        found.unlisted.append(printable(prefix))
    return listed


def _look(root: Path, prefix: str, entry: os.DirEntry[str], found: Listing) -> tuple[str, str, os.stat_result | None] | None:
    path = prefix + entry.name
    try:
        if entry.is_symlink():
            _note_link(root, path, entry, found)
            return None
        if entry.is_dir(follow_symlinks=False):
            return entry.name, path, None
        if entry.is_file(follow_symlinks=False):
            return entry.name, path, entry.stat(follow_symlinks=False)
    except OSError as error:
        if not isinstance(error, FileNotFoundError):
            found.problems.append(Problem(printable(path), f"can't be looked at ({error.strerror or error})"))
            found.unlisted.append(printable(path))
    return None


def _note_link(root: Path, path: str, entry: os.DirEntry[str], found: Listing) -> None:
    """A link inside the tree is read where it leads; one that leaves it is not followed, and that is said."""
    try:
        target = Path(entry.path).resolve()
    except (OSError, RuntimeError):  # it leads in a circle
        return
    if target.exists() and not target.is_relative_to(root.resolve()):
        found.problems.append(
            Problem(printable(path), "is a link out of the folder and is not followed; name its target as a source of its own")
        )
