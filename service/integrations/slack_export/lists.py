"""An export's lists of its users and channels (https://slack.com/help/articles/220556107)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from service.domain.people import Person
from service.domain.sync import Problem
from service.integrations.files.contents import MEGABYTE, Unfit, Vanished, read
from service.integrations.files.text import decode
from service.integrations.slack_messages.directory import Channel, Directory, is_me, user, words

LARGEST = 100 * MEGABYTE
_KINDS = ("channels", "groups", "dms", "mpims")


def load(root: Path, person: Person, me: str) -> Directory:
    """What is missing or broken of it is a problem; the posts are still read, under their ids."""
    directory = Directory()
    for raw in _entries(root / "users.json", directory, needed=True):
        one = user(raw)
        directory.users[one.id] = one
    directory.me = frozenset(one.id for one in directory.users.values() if is_me(one, person, me))
    for kind in _KINDS:
        for raw in _entries(root / f"{kind}.json", directory, needed=False):
            directory.channels.append(_channel(raw, kind, directory))
    return directory


def load_json(path: Path) -> Any:
    """Raises Vanished or Unfit."""
    try:
        return json.loads(decode(read(path, LARGEST)))
    except RecursionError as error:
        raise Unfit("is nested too deeply") from error
    except ValueError as error:
        raise Unfit(f"is no JSON ({error})") from error


def _entries(path: Path, directory: Directory, *, needed: bool) -> Iterator[Mapping[str, Any]]:
    try:
        entries = load_json(path)
    except Vanished:
        if needed:
            directory.problems.append(Problem(path.name, "is missing: people are shown by their ids"))
        return
    except Unfit as error:
        directory.problems.append(Problem(path.name, str(error)))
        return
    if isinstance(entries, list):
        yield from (entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str))
    else:
        directory.problems.append(Problem(path.name, "holds no list"))


def _channel(raw: Mapping[str, Any], kind: str, directory: Directory) -> Channel:
    given = raw.get("members")
    members = frozenset(m for m in given if isinstance(m, str)) if isinstance(given, list) else frozenset()
    name = words(raw.get("name")) or raw["id"]
    direct = kind in {"dms", "mpims"}
    if direct:
        others = sorted(directory.label(m) for m in members - directory.me)
        return Channel(raw["id"], ", ".join(others) or name, raw["id"] if kind == "dms" else name, members, direct=True)
    return Channel(raw["id"], name, name, members)
