"""Slack's messages to posts. What nobody said (joins, leaves, topics) is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from service.domain.items import Post, Provenance
from service.domain.people import Address
from service.integrations.slack_messages.directory import Channel, Directory, dicts, words
from service.integrations.slack_messages.wording import mentioned, render, said

_SAID = frozenset(
    {"", "bot_message", "file_share", "me_message", "thread_broadcast", "file_comment", "file_mention", "reply_broadcast"}
)
"""Subtypes in which somebody says something (https://docs.slack.dev/reference/events/message)."""

_TS = re.compile(r"^\d{9,11}\.\d{1,9}$")


@dataclass(frozen=True, slots=True)
class Found:
    root: str  # the ts of the thread's first post
    post: Post
    raw_text: str
    deleted: bool = False  # kept only where others answered it


def posts_of(day: Any, channel: Channel, directory: Directory, link: str, workspace: str) -> Iterator[Found]:
    """`link` is the day file's; with a workspace, each post has its own."""
    for entry in dicts(day):
        if (found := _found(entry, channel, directory, link, workspace)) is not None:
            yield found


def says_something(entry: Mapping[str, Any]) -> bool:
    """Whether somebody does, in this message itself."""
    subtype = words(entry.get("subtype"))
    return subtype == "tombstone" or (subtype in _SAID and bool(said(entry)))


def _found(entry: Mapping[str, Any], channel: Channel, directory: Directory, link: str, workspace: str) -> Found | None:
    subtype = words(entry.get("subtype"))
    if subtype == "message_changed" and isinstance(entry.get("message"), dict):  # what it says now
        entry = {**entry["message"], "subtype": words(entry["message"].get("subtype"))}
        subtype = entry["subtype"]
    ts = words(entry.get("ts"))
    at = moment(ts)
    deleted = subtype == "tombstone"
    if at is None or not (subtype in _SAID or deleted):
        return None
    text = "(deleted)" if deleted else said(entry)
    if not text:
        return None
    root = words(entry.get("thread_ts")) or ts
    post = Post(
        id=f"{channel.id}/{ts}",
        at=at,
        author=_author(entry, directory),
        text=render(text, directory),
        provenance=Provenance.OWN if _is_mine(entry, directory) else Provenance.OUTSIDE,
        mentions=frozenset(_mention(user, directory) for user in mentioned(text)),
        reactions=_reactions(entry.get("reactions")),
        url=permalink(workspace, channel.id, ts, root) if workspace else link,
    )
    return Found(root if _TS.match(root) else ts, post, text, deleted)


def moment(ts: str) -> datetime | None:
    """Slack's ts is a time and a name at once: seconds since 1970 with six digits that make it unique."""
    if not _TS.match(ts):
        return None
    seconds, _, fraction = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(fraction[:6].ljust(6, "0")))


def permalink(workspace: str, channel: str, ts: str, root: str) -> str:
    """`workspace`: its name ("acme"), or the address that it has (auth.test's `url`)."""
    base = workspace.rstrip("/") if "://" in workspace else f"https://{workspace}.slack.com"
    link = f"{base}/archives/{channel}/p{ts.replace('.', '')}"
    return link if root == ts else f"{link}?thread_ts={root}&cid={channel}"


def _is_mine(entry: Mapping[str, Any], directory: Directory) -> bool:
    """A program that posts in the person's name is not the person."""
    return words(entry.get("user")) in directory.me and words(entry.get("subtype")) != "bot_message"


def _author(entry: Mapping[str, Any], directory: Directory) -> Address:
    user = words(entry.get("user"))
    if user in directory.users:
        return directory.users[user].address
    profile = entry.get("user_profile") or entry.get("bot_profile") or {}
    names = [profile.get(key) for key in ("real_name", "display_name", "name")] if isinstance(profile, dict) else []
    name = next((words(n) for n in (entry.get("username"), *names) if words(n)), "")
    return Address("", name or user or words(entry.get("bot_id")) or "unknown")


def _mention(user: str, directory: Directory) -> str:
    known = directory.users.get(user)
    return known.email or user if known else user


def _reactions(reactions: Any) -> int:
    counts = [reaction.get("count") for reaction in dicts(reactions)]
    return sum(count for count in counts if isinstance(count, int))
