"""A channel's first posts as Slack lists them (https://docs.slack.dev/reference/methods/conversations.history), and its threads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.integrations.files.settings import digest
from service.integrations.slack.client import PAGE, Client, next_cursor
from service.integrations.slack.refusals import Refused
from service.integrations.slack_messages.directory import dicts, words
from service.integrations.slack_messages.posts import moment, says_something
from service.integrations.slack_messages.wording import said

NOTICE = "reveille_notice"
"""The `event_type` of what Reveille itself tells its person: never an item."""
_SHAPE = 1
"""Raised when a thread is read differently than before."""

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stretch:
    """One answer of a channel's history: its messages, newest first, and the cursor to what is older; "" where the ts of the
    oldest of them must serve, or at the end.
    """

    entries: list[Raw]
    cursor: str
    more: bool


def older(client: Client, channel: str, before: str, cursor: str) -> Stretch:
    """What was said before this ts ("": all), from Slack's own cursor where an earlier answer gave one."""
    answer = client.ask(
        "conversations.history",
        channel=channel,
        limit=PAGE,
        latest=(before or None) if not cursor else None,
        cursor=cursor or None,
        include_all_metadata=True,
    )
    entries = [one for one in _messages(answer) if not before or _ts(one) < before]
    following = next_cursor(answer) if answer.get("has_more", True) else ""
    more = bool(following) or (answer.get("has_more") is True and bool(entries))
    return Stretch(sorted(entries, key=_ts, reverse=True), following, more)


def since(client: Client, channel: str, oldest: str) -> Iterator[Raw]:
    """What was said from this ts on, itself included; in no order that could be relied on."""
    asked: dict[str, Any] = {"limit": PAGE, "oldest": oldest or None, "inclusive": True, "include_all_metadata": True}
    latest = ""
    while True:
        for answer in client.paged("conversations.history", channel=channel, latest=latest or None, **asked):
            entries = [one for one in _messages(answer) if not latest or _ts(one) < latest]
            yield from (one for one in entries if _ts(one) >= oldest)
            if not answer.get("has_more", True) or any(_ts(one) < oldest for one in entries):
                return
        if answer.get("has_more") is not True or not entries:
            return
        latest = min(map(_ts, entries))  # more, and no cursor to it


def whole(client: Client, channel: str, root: str) -> list[Raw]:
    """A thread's first post and all answers; empty where it is gone."""
    try:
        answers = list(client.paged("conversations.replies", channel=channel, ts=root, limit=PAGE))
    except Refused as error:
        if error.code in {"thread_not_found", "message_not_found"}:
            return []
        raise
    found = {_ts(one): one for answer in answers for one in _messages(answer)}
    return [found[ts] for ts in sorted(found)]


def begins(entry: Raw) -> bool:
    """Whether a thread of its own begins with it: an answer that is shown in the channel too belongs to another, and nobody
    says anything in a join. Reveille's own notices are no news to it.
    """
    own = moment(_ts(entry)) is not None and words(entry.get("thread_ts")) in {"", _ts(entry)}
    return own and (says_something(entry) or is_answered(entry)) and not is_own_notice(entry)


def is_elsewhere(entry: Raw) -> bool:
    """An answer in a thread, shown in the channel too."""
    return words(entry.get("thread_ts")) not in {"", _ts(entry)}


def is_answered(entry: Raw) -> bool:
    count = entry.get("reply_count")
    return isinstance(count, int) and count > 0


def is_own_notice(entry: Raw) -> bool:
    metadata = entry.get("metadata")
    return isinstance(metadata, dict) and metadata.get("event_type") == NOTICE


def stamp(entry: Raw, made_for: str) -> str:
    """Changes with all that a first post tells of itself and of its thread: what it says, edits, reactions, answers."""
    edited = entry.get("edited")
    reactions = [(one.get("name"), one.get("count")) for one in dicts(entry.get("reactions"))]
    thread = [entry.get(key) for key in ("subtype", "reply_count", "reply_users_count", "latest_reply")]
    when = edited.get("ts") if isinstance(edited, dict) else ""
    return digest(made_for, str(_SHAPE), said(entry), str(when), repr(sorted(map(str, reactions))), repr(thread))[:8]


def _messages(answer: Raw) -> list[Raw]:
    return [one for one in dicts(answer.get("messages")) if _ts(one)]


def _ts(entry: Raw) -> str:
    return words(entry.get("ts"))
