"""Messages as the API hands them out, to what is read of them."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from service.domain.raw import RawMessage
from service.domain.sync import Change, Delete, Moved
from service.integrations.files.letters import Letter
from service.integrations.gmail.labels import Labels, Place

KEY = "2"
"""Stands for the bytes of any message: they never change, an edited draft is another message. Raised when mail is read differently."""


def letter(answer: Mapping[str, Any], ref: str, place: Place, account: str, login: str, now: datetime) -> Letter | None:
    """None where it comes without its bytes."""
    try:
        data = urlsafe_b64decode(_padded(answer["raw"]))
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None
    raw = RawMessage(
        data, account, ref, _came_in(answer, now), place.folder, place.flags, _url(ref, login), str(answer.get("threadId") or "")
    )
    return Letter(raw, place.stamp, KEY)


def marked(ref: str, had: Mapping[str, Any], labels: Labels) -> Change:
    """What becomes of a message that is held (or not) and has these labels now."""
    if not labels.wants(had.get("labelIds") or ()):
        return Delete(ref)
    return moved(ref, labels.place(had.get("labelIds") or ()))


def moved(ref: str, place: Place) -> Moved:
    return Moved(ref, ref, place.stamp, place.flags, place.folder)


def _padded(text: str) -> str:
    """Some servers leave the padding out (RFC 4648 section 3.2)."""
    return text + "=" * (-len(text) % 4)


def _came_in(answer: Mapping[str, Any], now: datetime) -> datetime:
    """`internalDate`: milliseconds since 1970, as text."""
    try:
        return datetime.fromtimestamp(int(answer["internalDate"]) / 1000, UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return now


def _url(ref: str, login: str) -> str:
    return f"https://mail.google.com/mail/?authuser={quote(login)}#all/{quote(ref)}" if login else ""
