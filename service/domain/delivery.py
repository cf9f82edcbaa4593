"""A briefing or alert on its way to its person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from service.domain.facts import Fact


class Audience(StrEnum):
    """Who may see or hear what a channel shows: decides whether private facts are in it."""

    PERSON = "person"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file made for a notice: `name` is its file name, `role` one of html, text, speech, audio, json."""

    role: str
    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said, rendered for one audience. `short` fits a push: two lines, no private facts unless audience is PERSON."""

    audience: Audience
    subject: str
    text: str
    short: str
    html: str = ""
    files: tuple[Rendered, ...] = ()
    priority: str = "normal"
    link: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a job wants said: rendered notices (one an audience), where to, and the facts it rests on.

    `basis` is whatever `recheck` needs to see whether it still holds (versions of the sources), plain JSON.
    """

    notices: tuple[Notice, ...]
    to: tuple[str, ...]
    facts: tuple[Fact, ...]
    basis: dict[str, Any]
    kind: str  # morning, meeting, push, alert
    late_note: str = ""

    @property
    def priority(self) -> str:
        return self.notices[0].priority if self.notices else "normal"


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing to say, and why: the occurrence ends skipped with this reason, in the open."""

    reason: str


@dataclass(frozen=True, slots=True)
class Keep:
    pass


@dataclass(frozen=True, slots=True)
class Replace:
    """The world changed since it was prepared: prepare again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Skip:
    reason: str


Recheck = Keep | Replace | Skip


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"  # committed before the first byte
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """Stable over every attempt of one delivery."""

    value: str

    @property
    def message_id(self) -> str:
        """An RFC 5322 Message-ID without the angle brackets."""
        return f"{self.value}@reveille.invalid"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The channel's own proof: a queue id, a path, a timestamp."""

    text: str


@dataclass(frozen=True, slots=True)
class Delivery:
    id: str
    person: str
    occurrence: str
    notice: str
    channel: str
    key: IdempotencyKey
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    not_before: datetime | None = None
    error: str = ""
    receipt: str = ""
    sent_at: datetime | None = None
    interrupts: bool = False
