"""Who and what an export names: its users and channels (https://slack.com/help/articles/220556107)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from service.domain.people import Address, Person
from service.domain.sync import Problem
from service.integrations.files.contents import MEGABYTE, Unfit, Vanished, read
from service.integrations.files.text import decode

LARGEST = 100 * MEGABYTE
_KINDS = ("channels", "groups", "dms", "mpims")


@dataclass(frozen=True, slots=True)
class User:
    id: str
    name: str  # what people see
    handle: str
    email: str
    bot: bool = False

    @property
    def address(self) -> Address:
        return Address(self.email, self.name or self.handle or self.id)


@dataclass(frozen=True, slots=True)
class Channel:
    id: str
    name: str
    folder: str
    members: frozenset[str] = frozenset()
    direct: bool = False


@dataclass(slots=True)
class Directory:
    users: dict[str, User] = field(default_factory=dict)
    channels: list[Channel] = field(default_factory=list)
    me: frozenset[str] = frozenset()  # the person's user ids
    problems: list[Problem] = field(default_factory=list)

    def label(self, user: str) -> str:
        known = self.users.get(user)
        return known.address.name if known else user


def load(root: Path, person: Person, me: str) -> Directory:
    """What is missing or broken of it is a problem; the posts are still read, under their ids."""
    directory = Directory()
    for raw in _entries(root / "users.json", directory, needed=True):
        user = _user(raw)
        directory.users[user.id] = user
    directory.me = frozenset(user.id for user in directory.users.values() if _is_me(user, person, me))
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


def _user(raw: Mapping[str, Any]) -> User:
    given = raw.get("profile")
    profile: Mapping[str, Any] = given if isinstance(given, dict) else {}
    names = (profile.get("real_name"), raw.get("real_name"), profile.get("display_name"), raw.get("name"))
    full = next((words(name) for name in names if words(name)), raw["id"])
    return User(raw["id"], full, words(raw.get("name")), words(profile.get("email")).lower(), bool(raw.get("is_bot")))


def _is_me(user: User, person: Person, me: str) -> bool:
    """By e-mail, or as the config says. A name alone proves nothing: anybody in a workspace may choose one."""
    if me:
        return me.lstrip("@").lower() in {user.id.lower(), user.handle.lower()}
    return bool(user.email) and person.is_me(user.email)


def _channel(raw: Mapping[str, Any], kind: str, directory: Directory) -> Channel:
    members = frozenset(m for m in raw.get("members") or () if isinstance(m, str))
    name = words(raw.get("name")) or raw["id"]
    direct = kind in {"dms", "mpims"}
    if direct:
        others = sorted(directory.label(m) for m in members - directory.me)
        return Channel(raw["id"], ", ".join(others) or name, raw["id"] if kind == "dms" else name, members, direct=True)
    return Channel(raw["id"], name, name, members)


def words(value: Any) -> str:
    """A string as it is, anything else as none: types in exports vary."""
    return value.strip().replace("\0", "") if isinstance(value, str) else ""
