"""One line of a briefing: a fact with its sources, its version made from what it says."""

from __future__ import annotations

import re
from typing import Any

from service.briefing.versions import version as version_of
from service.briefing.wording import clean, clip
from service.domain.facts import Fact, SourceRef
from service.domain.items import Contact, Deal, Event, Message, Note, Post, Task, Thread

_WEB = re.compile(r"https?://", re.IGNORECASE)


def line(key: str, text: str, *sources: SourceRef, version: str = "", **fields: Any) -> Fact:
    """A fact whose version changes with its words, unless the caller names what it hangs on."""
    details: tuple[Fact, ...] = fields.get("details", ())
    label = fields.get("label", "")
    return Fact(key, version or version_of(label, text, *(d.version for d in details)), text, sources, **fields)


def one_line(text: str, limit: int = 120) -> str:
    """Outside words fit for one line, clipped at a word."""
    return clip(clean(text[: limit * 8]), limit)


def cite(item: Message | Event | Thread | Contact | Deal | Note | Task, quote: str = "") -> SourceRef:
    """The item as a source; `quote` holds its exact words."""
    kind = type(item).__name__.lower()
    title = {"message": "subject", "contact": "name", "deal": "name"}.get(kind, "title")
    return SourceRef(kind, item.id, one_line(getattr(item, title)) or f"({kind})", safe_link(item.url), quote, item.at)


def cite_post(thread: Thread, post: Post, quote: str = "") -> SourceRef:
    return SourceRef("thread", thread.id, one_line(thread.title), safe_link(post.url or thread.url), quote, post.at)


def safe_link(url: str) -> str:
    """Only addresses that a browser opens as a page (and local files) become links."""
    return url if _WEB.match(url) or url.startswith(("file://", "mid:", "message:")) else ""
