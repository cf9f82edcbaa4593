"""Who is who in a workspace, read when the first post has to be put into words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from service.domain.people import Person
from service.integrations.slack.client import Client
from service.integrations.slack.refusals import Refused, ScopeMissing
from service.integrations.slack.rooms import Room
from service.integrations.slack_messages.directory import Channel, Directory, User, dicts, is_me, user, words
from service.integrations.slack_messages.wording import SMALL_ROOM

LISTED, AT_ONCE = 5, 1000
"""Answers of users.list that are read, and members in each: beyond that a workspace's members are asked for one by one as they
write. The list is Tier 2, 20 requests a minute.
"""
KEPT = timedelta(hours=12)
"""For as long names, groups and members are taken for unchanged."""


class People:
    def __init__(self, client: Client, person: Person, me: str) -> None:
        self._client, self._person, self._me = client, person, me
        self._directory: Directory | None = None
        self._channels: dict[Room, Channel] = {}
        self._named: list[Channel] = []
        self._members: dict[str, frozenset[str]] = {}
        self._read_at: datetime | None = None
        self.workspace = ""
        """Its address: what links begin with."""

    def directory(self, now: datetime) -> Directory:
        if self._directory is None or self._read_at is None or now - self._read_at > KEPT:
            self._directory, self._read_at = self._read(), now
            self._channels.clear()
            self._members.clear()
        self._directory.channels = self._named
        return self._directory

    def know(self, rooms: Iterable[Room]) -> None:
        """Channels that posts may speak of: Slack names them by their ids."""
        self._named = [Channel(room.id, room.name, room.id) for room in rooms if not room.direct]

    def meet(self, ids: Iterable[str], directory: Directory) -> None:
        """People of other workspaces, and those who came since, are in no list that was read."""
        for id in ids:
            if id and id not in directory.users:
                try:
                    raw = self._client.ask("users.info", user=id).get("user")
                except Refused:  # nobody may say who it is
                    raw = None
                known = isinstance(raw, dict) and isinstance(raw.get("id"), str)
                directory.users[id] = user(raw) if known else User(id, "", "", "")  # type: ignore[arg-type]

    def channel(self, room: Room, directory: Directory, *, members: bool) -> Channel:
        """`members`: whether it matters who is in it."""
        known = self._channels.get(room) or self._channels.setdefault(room, _channel(room, directory))
        if not members or room.id in self._members:
            return _with(known, self._members.get(room.id, frozenset()))
        self._members[room.id] = self._in(room.id)
        return _with(known, self._members[room.id])

    def _in(self, room: str) -> frozenset[str]:
        """Who is in it, or a few more than would make it a small one."""
        try:
            answer = self._client.ask("conversations.members", channel=room, limit=SMALL_ROOM + 1)
        except (Refused, ScopeMissing):
            return frozenset()
        given = answer.get("members")
        return frozenset(one for one in given if isinstance(one, str)) if isinstance(given, list) else frozenset()

    def _read(self) -> Directory:
        own = self._client.ask("auth.test")
        self.workspace = words(own.get("url"))
        directory = Directory()
        for answer in islice(self._client.paged("users.list", limit=AT_ONCE), LISTED):
            for raw in dicts(answer.get("members")):
                if isinstance(raw.get("id"), str):
                    directory.users[raw["id"]] = user(raw)
        mine = {one.id for one in directory.users.values() if is_me(one, self._person, self._me)}
        if not self._client.is_bot and not self._me:
            mine.add(words(own.get("user_id")))
            self.meet(mine, directory)
        directory.me = frozenset(mine or self._by_email(directory))
        self._read_groups(directory)
        return directory

    def _by_email(self, directory: Directory) -> Iterator[str]:
        """The person, where the list did not come to them."""
        for email in () if self._me else self._person.emails:
            try:
                raw = self._client.ask("users.lookupByEmail", email=email).get("user")
            except (Refused, ScopeMissing):
                continue
            if isinstance(raw, dict) and isinstance(raw.get("id"), str):
                directory.users[raw["id"]] = user(raw)
                yield raw["id"]

    def _read_groups(self, directory: Directory) -> None:
        """Without the scope, or on a plan that has none, a mention of a group is a mention of nobody."""
        try:
            groups = dicts(self._client.ask("usergroups.list", include_users=True).get("usergroups"))
        except (ScopeMissing, Refused):
            return
        directory.groups = {words(one.get("id")): words(one.get("handle")) for one in groups if words(one.get("handle"))}
        directory.my_groups = frozenset(
            words(one.get("id"))
            for one in groups
            if isinstance(one.get("users"), list) and directory.me.intersection(one["users"])
        )


def _channel(room: Room, directory: Directory) -> Channel:
    """A direct message is called by whom it is with, a small group by all others in it."""
    name = directory.label(room.other) if room.other else _small_group(room, directory) if room.group else room.name
    return Channel(room.id, name, room.id, direct=room.direct)


def _small_group(room: Room, directory: Directory) -> str:
    found = re.fullmatch(r"mpdm-(.+)-\d+", room.name)
    by_handle = {one.handle: one for one in directory.users.values()}
    handles = found[1].split("--") if found else []
    others = [by_handle.get(handle) for handle in handles]
    names = [one.address.name if one else handle for one, handle in zip(others, handles, strict=True)]
    mine = {directory.label(me) for me in directory.me}
    return ", ".join(sorted(name for name in names if name not in mine)) or room.name


def _with(channel: Channel, members: frozenset[str]) -> Channel:
    return Channel(channel.id, channel.name, channel.folder, members, channel.direct)
