"""A file or a folder of files. A file whose time and size are as they were is not read again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from service.calendar.text import is_whole
from service.domain.sync import Change, Delete, Page, Problem
from service.errors import AccessLost, ExternalError, Unavailable
from service.integrations.files.place import many
from service.integrations.ics.changes import FORMAT, PAGE, compare
from service.ports import Check, Surroundings

SUFFIXES = {".ics", ".ical", ".icalendar", ".ifb"}
LARGEST = 50 * 2**20  # bytes of one file

State = tuple[int, int]
"""Modification time in nanoseconds, size in bytes."""


class Place(NamedTuple):
    """A file, and its path below the folder (a file of its own: its name), which begins every ref of what it holds."""

    path: Path
    name: str
    state: State


class Source:
    def __init__(self, path: Path, at: Surroundings) -> None:
        self._root = at.folder / _expanded(path)
        self._at = at

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        """One page or more, the last with no less than the cursor. Raises Unavailable where the path is not there."""
        places = self._places()
        known = _states(cursor)
        states = {place.name: known[place.name] for place in places if place.name in known}
        holdings = _by_place(held, {place.name for place in places})
        changes: list[Change] = [Delete(ref) for ref in holdings.pop("", {})]
        problems: list[Problem] = []
        for place in places:
            if states.get(place.name) == place.state:
                continue
            states.pop(place.name, None)
            found, wrong, read = self._read(place, holdings.get(place.name, {}))
            changes += found
            problems += wrong
            while len(changes) > PAGE:
                yield Page(tuple(changes[:PAGE]), _cursor(states), tuple(problems))
                changes, problems = changes[PAGE:], []
            if read:
                states[place.name] = place.state
        yield Page(tuple(changes), _cursor(states), tuple(problems))

    def check(self) -> Check:
        try:
            places = self._places()
        except ExternalError as error:
            says, _, fix = str(error).partition(": ")
            return Check(ok=False, says=says, fix=fix)
        if not places:
            return Check(ok=False, says=f"{self._root} holds no .ics file", fix="export your calendar into it, or correct `path`")
        newest = max(places, key=lambda p: p.state[0])
        found, problems, _ = self._read(newest, {})
        files = f"{len(places)} files, the newest" if len(places) > 1 else newest.name
        says = f"{self._root}: {files} with {many(len(found), 'event')}" + (f", {len(problems)} unreadable" if problems else "")
        ok = bool(found) or not problems
        return Check(ok=ok, says=says, fix="" if ok else f"{problems[0].what}; see `reveille events {newest.path}`")

    def _places(self) -> list[Place]:
        try:
            if self._root.is_dir():
                return sorted(self._walk(), key=lambda p: p.name)
            self._root.stat()
            if self._root.is_file():  # a pipe would be waited for
                return [_place(self._root, self._root.name)]
        except FileNotFoundError as error:
            raise Unavailable(f"{self._root} is not there: mount or create it, or correct `path`") from error
        except PermissionError as error:
            raise AccessLost(f"{self._root} may not be read: give this user the right to read it, or correct `path`") from error
        except (OSError, ValueError) as error:
            raise Unavailable(f"{self._root} can't be read ({error}): check the disk, or correct `path`") from error
        raise Unavailable(f"{self._root} is neither a file nor a folder: correct `path`")

    def _walk(self) -> Iterator[Place]:
        if not os.access(self._root, os.R_OK | os.X_OK):
            raise PermissionError(self._root)
        for folder, folders, names in os.walk(self._root):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            for name in names:
                path = Path(folder) / name
                if path.suffix.lower() in SUFFIXES and not name.startswith(".") and path.is_file():
                    yield _place(path, path.relative_to(self._root).as_posix())

    def _read(self, place: Place, held: Mapping[str, str]) -> tuple[list[Change], list[Problem], bool]:
        """Changes, problems, and whether it needs no other reading until it changes."""
        if place.state[1] > LARGEST:
            return [], [Problem(place.name, f"it is larger than {LARGEST >> 20} MB and was not read")], True
        try:
            data = place.path.read_bytes()
        except OSError as error:
            return [], [Problem(place.name, f"it can't be read: {error.strerror or error}")], False
        series, problems = self._at.read_calendar.read(data, self._at.account, place.name)
        whole = is_whole(data)
        return list(compare(place.name, series, problems, held, whole=whole)), list(problems), whole


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # no such user, or no home
        return path


def _place(path: Path, name: str) -> Place:
    stat = path.stat()
    return Place(path, name.encode("utf-8", "backslashreplace").decode(), (stat.st_mtime_ns, stat.st_size))


def _by_place(held: Mapping[str, str], names: set[str]) -> dict[str, dict[str, str]]:
    """Refs by the file they begin with; under "" those whose file is gone. Names and uids may both hold a "#"."""
    found: dict[str, dict[str, str]] = {}
    for key, stamp in held.items():
        cuts = (i for i, c in enumerate(key) if c == "#")
        name = next((key[:i] for i in cuts if key[:i] in names), "")
        found.setdefault(name, {})[key] = stamp
    return found


def _states(cursor: str | None) -> dict[str, State]:
    """What a cursor of another format says is forgotten: everything is read again."""
    try:
        kept = json.loads(cursor or "{}")
        if kept.get("format") != FORMAT:
            return {}
        return {name: (int(mtime), int(size)) for name, (mtime, size) in kept["files"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}


def _cursor(states: Mapping[str, State]) -> str:
    return json.dumps({"format": FORMAT, "files": states}, separators=(",", ":"))
