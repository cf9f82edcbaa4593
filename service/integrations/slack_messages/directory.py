"""Who and what Slack's posts name: users, channels and user groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.domain.people import Address, Person
from service.domain.sync import Problem


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
    groups: dict[str, str] = field(default_factory=dict)  # user groups: id → handle
    my_groups: frozenset[str] = frozenset()  # ids of those the person is in
    problems: list[Problem] = field(default_factory=list)

    def label(self, user: str) -> str:
        known = self.users.get(user)
        return known.address.name if known else user


def user(raw: Mapping[str, Any]) -> User:
    """A user object (https://docs.slack.dev/reference/objects/user-object); `raw["id"]` is a string."""
    given = raw.get("profile")
    profile: Mapping[str, Any] = given if isinstance(given, dict) else {}
    names = (profile.get("real_name"), raw.get("real_name"), profile.get("display_name"), raw.get("name"))
    full = next((words(name) for name in names if words(name)), raw["id"])
    return User(raw["id"], full, words(raw.get("name")), words(profile.get("email")).lower(), bool(raw.get("is_bot")))


def is_me(user: User, person: Person, me: str) -> bool:
    """By e-mail, or as the config says. A name alone proves nothing: anybody in a workspace may choose one."""
    if me:
        return me.lstrip("@").lower() in {user.id.lower(), user.handle.lower()}
    return bool(user.email) and person.is_me(user.email)


def dicts(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; of anything else none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def words(value: Any) -> str:
    """A string as it is, anything else as none: types vary."""
    return value.strip().replace("\0", "") if isinstance(value, str) else ""
