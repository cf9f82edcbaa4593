"""Slack's messages to the house's threads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from service.domain.items import Thread
from service.domain.people import Person
from service.integrations.slack import history
from service.integrations.slack.client import Client
from service.integrations.slack.history import Raw
from service.integrations.slack.people import People
from service.integrations.slack.rooms import Room
from service.integrations.slack_messages.directory import words
from service.integrations.slack_messages.posts import posts_of
from service.integrations.slack_messages.threads import thread
from service.integrations.slack_messages.wording import mentioned, said, speaks_to_all


class Threads:
    def __init__(self, client: Client, people: People, person: Person, account: str) -> None:
        self._client, self._people, self._person, self._account = client, people, person, account

    def make(self, room: Room, first: Raw, now: datetime) -> Thread | None:
        """The thread that begins with this post, its answers fetched where it has any. None where nobody says anything in it."""
        entries = history.whole(self._client, room.id, words(first.get("ts"))) if history.is_answered(first) else [first]
        return self.of(room, entries or [first], now)

    def of(self, room: Room, entries: list[Raw], now: datetime) -> Thread | None:
        """From its first post and its answers. Reveille's own notices are nobody's words."""
        if history.is_own_notice(entries[0]):
            return None
        root = words(entries[0].get("ts"))
        directory = self._people.directory(now)
        self._people.meet(sorted(_named(entries)), directory)
        to_all = any(speaks_to_all(said(entry)) for entry in entries)
        channel = self._people.channel(room, directory, members=to_all and not room.direct)
        workspace = self._people.workspace
        found = list(posts_of([_plain(entry) for entry in entries], channel, directory, "", workspace))
        found = [one for one in found if one.root == root]
        return thread(root, found, channel, directory, self._person, self._account, workspace)


def _plain(entry: Raw) -> dict[str, Any]:
    return dict(entry)


def _named(entries: list[Raw]) -> set[str]:
    return {words(entry.get("user")) for entry in entries}.union(*(mentioned(said(entry)) for entry in entries))
