"""The conversations that the token is in, and which of them are read (https://docs.slack.dev/reference/methods/users.conversations)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.integrations.slack.client import PAGE, Client
from service.integrations.slack.refusals import Refused, ScopeMissing
from service.integrations.slack_messages.directory import dicts, words

SCOPES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
"""Kinds of conversations, and what their scopes begin with: `groups:read`, `groups:history`."""
UNKNOWN = frozenset({"unknown_method", "http_404", "http_405"})


@dataclass(frozen=True, slots=True)
class Room:
    """`other`: the id of whom a direct message is with. `name` is as Slack has it: "mpdm-mara--dana-1" for a small group."""

    id: str
    name: str
    other: str = ""
    group: bool = False

    @property
    def direct(self) -> bool:
        return self.group or bool(self.other)

    @property
    def called(self) -> frozenset[str]:
        """What the config may call it, in lower case."""
        return frozenset({self.id.lower(), "direct" if self.direct else self.name.lower()})


def rooms(client: Client, types: list[str]) -> tuple[list[Room], list[str]]:
    """And the types that the scopes allow, where not all. Raises ScopeMissing where they allow none."""
    asked = types or list(SCOPES)
    try:
        return list(_listed(client, asked)), types
    except ScopeMissing as missing:
        allowed = [kind for kind in asked if f"{SCOPES[kind]}:read" in missing.provided]
        if not allowed or allowed == asked:
            raise
    return list(_listed(client, allowed)), allowed


def chosen(found: Iterable[Room], only: Iterable[str], skip: Iterable[str]) -> tuple[list[Room], list[str]]:
    """Those that are read, and the names in `only` that none of them has."""
    wanted, unwanted = _names(only), _names(skip)
    kept = [room for room in found if (not wanted or room.called & wanted) and not room.called & unwanted]
    known = frozenset[str]().union(*(room.called for room in kept))
    return kept, sorted(wanted - known - unwanted)


def _names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.strip().lstrip("#").lower() for name in names)


def _listed(client: Client, types: Iterable[str]) -> Iterator[Room]:
    asked: dict[str, Any] = {"types": ",".join(types), "limit": PAGE}
    try:
        answers = list(client.paged("users.conversations", **asked))
    except Refused as error:
        if error.code not in UNKNOWN:
            raise
        # The list of all, which says whether we are in; for servers that know no other.
        answers = list(client.paged("conversations.list", **asked))
    seen: set[str] = set()
    for raw in (raw for answer in answers for raw in dicts(answer.get("channels"))):
        room = _room(raw)
        if room.id and room.id not in seen and raw.get("is_member") is not False:
            seen.add(room.id)
            yield room


def _room(raw: Mapping[str, Any]) -> Room:
    other = words(raw.get("user")) if raw.get("is_im") else ""
    return Room(words(raw.get("id")), words(raw.get("name")) or words(raw.get("id")), other, bool(raw.get("is_mpim")))
