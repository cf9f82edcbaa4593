"""A post's markup to words (https://docs.slack.dev/messaging/formatting-message-text), and whether it means the person."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from service.domain.people import Person
from service.integrations.slack_messages.directory import Channel, Directory, dicts, words

SMALL_ROOM = 20
"""Members up to which @channel and @here mean each of them; in larger rooms they are announcements."""

_MARKED = re.compile(r"<([^<>\n]{1,4000})>")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_ALL = re.compile(r"<!(?:here|channel|everyone)\b")
_GROUP = re.compile(r"<!subteam\^([A-Z0-9]+)")
_DEPTH = 12


def said(post: Mapping[str, Any]) -> str:
    """The text with its markup. Programs often leave it empty and say it in attachments or blocks; files add their names."""
    text = words(post.get("text"))
    if not text:
        text = "\n".join(filter(None, (_of_blocks(post.get("blocks"), 0), _of_attachments(post.get("attachments")))))
    files = [words(f.get("title")) or words(f.get("name")) for f in dicts(post.get("files"))]
    return "\n".join((text, *(f"[file: {name}]" for name in files if name))).strip()


def render(text: str, directory: Directory) -> str:
    return html.unescape(_MARKED.sub(lambda found: _one(found[1], directory), text))


def mentioned(text: str) -> frozenset[str]:
    """The ids of the users it names."""
    return frozenset(_MENTION.findall(text))


def speaks_to_all(text: str) -> bool:
    """@here, @channel or @everyone."""
    return bool(_ALL.search(text))


def means(text: str, person: Person, directory: Directory, channel: Channel) -> bool:
    """By id; by @name or @handle in plain words; by first name where it is spoken to ("Mara, …", "thanks Mara!"); by the
    full name; by @channel or @here in a small room the person is a member of; by a user group (@leads) where it is known that
    they are in it, which exports don't say.
    """
    if mentioned(text) & directory.me or directory.my_groups.intersection(_GROUP.findall(text)):
        return True
    if speaks_to_all(text) and directory.me & channel.members and len(channel.members) <= SMALL_ROOM:
        return True
    plain = html.unescape(_MARKED.sub(" ", text))
    handles = frozenset(directory.users[me].handle for me in directory.me)
    return any(pattern.search(plain) for pattern in _patterns(person.name.strip(), handles))


@lru_cache(maxsize=16)
def _patterns(full: str, handles: frozenset[str]) -> list[re.Pattern[str]]:
    first = full.split(maxsplit=1)[0] if full else ""
    handles |= {full.replace(" ", "."), full, first}
    named = "|".join(re.escape(name) for name in sorted(handles, key=len, reverse=True) if name)
    patterns = [re.compile(rf"(?<![\w@])@(?:{named})(?![\w@])", re.IGNORECASE)] if named else []
    if " " in full:
        patterns.append(re.compile(rf"(?<!\w){re.escape(full)}(?!\w)", re.IGNORECASE))
    if len(first) > 2:
        to = re.escape(first)
        patterns.append(
            re.compile(rf"(?:^|[.!?]\s+|\n)(?:(?:[Hh]i|[Hh]ey|[Hh]ello|[Tt]hanks|[Tt]hank you|[Dd]ear),? )?{to}\s*[,:–-]\s")
        )
        patterns.append(
            re.compile(rf"(?:^|\W)(?:[Hh]i|[Hh]ey|[Hh]ello|[Tt]hanks|[Tt]hank you),? {to}\b|, {to}\s*[?!.]*$", re.MULTILINE)
        )
    return patterns


def _one(marked: str, directory: Directory) -> str:
    target, _, label = marked.partition("|")
    if target.startswith("@"):
        return "@" + (directory.users[target[1:]].address.name if target[1:] in directory.users else label or target[1:])
    if target.startswith("#"):
        return "#" + (label or next((c.name for c in directory.channels if c.id == target[1:]), target[1:]))
    if target.startswith("!subteam^") and not label and target[9:] in directory.groups:
        return "@" + directory.groups[target[9:]]
    if target.startswith("!"):
        return label if target.startswith(("!date", "!subteam")) and label else "@" + (label or target[1:].partition("^")[0])
    target = target.removeprefix("mailto:").removeprefix("tel:")
    return target if not label or label in target else f"{label} ({target})"


def _of_blocks(block: Any, depth: int) -> str:
    """The words in Block Kit and rich text, in their order."""
    if depth > _DEPTH:
        return ""
    if isinstance(block, list):
        return "\n".join(filter(None, (_of_blocks(one, depth + 1) for one in block)))
    if not isinstance(block, dict):
        return ""
    if block.get("type") in {"rich_text_section", "rich_text_quote", "rich_text_preformatted"}:
        return "".join(_of_element(one) for one in dicts(block.get("elements")))
    own = block.get("text")
    parts = (
        words(own) if isinstance(own, str) else _of_blocks(own, depth + 1),
        *(_of_blocks(block.get(k), depth + 1) for k in ("fields", "elements")),
    )
    return "\n".join(filter(None, parts))


def _of_element(element: Mapping[str, Any]) -> str:
    match element.get("type"):
        case "user":
            return f"<@{words(element.get('user_id'))}>"
        case "channel":
            return f"<#{words(element.get('channel_id'))}>"
        case "broadcast":
            return f"<!{words(element.get('range'))}>"
        case "emoji":
            return f":{words(element.get('name'))}:"
        case "link":
            return f"<{words(element.get('url'))}|{words(element.get('text'))}>".replace("|>", ">")
    text = element.get("text")
    return html.escape(text, quote=False) if isinstance(text, str) else ""


def _of_attachments(attachments: Any) -> str:
    said: list[str] = []
    for one in dicts(attachments):
        parts = [words(one.get(key)) for key in ("pretext", "title", "text")]
        said.append("\n".join(filter(None, parts)) or words(one.get("fallback")))
    return "\n".join(filter(None, said))
