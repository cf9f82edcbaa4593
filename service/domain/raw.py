"""Bytes from outside before anybody has read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RawMessage:
    """An RFC 5322 message as it lies in its source. `stored_at` serves where no header names a time."""

    data: bytes
    account: str
    ref: str
    stored_at: datetime
    folder: str = ""
    flags: frozenset[str] = frozenset()
    url: str = ""
    conversation: str = ""  # its vendor's id of the thread it is in
