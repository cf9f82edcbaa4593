"""What a person does with their mail, and what is learned from it. Only the person's own acts are ever learned from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from service.domain.verdicts import Category

NOT_URGENT = "not_urgent"


class Act(StrEnum):
    """`value` of a Feedback says more: the category, the folder, "on" or "off", hours, the share of a draft that was kept."""

    CORRECTED = "corrected"  # the person said what it is: a category, or "not_urgent"
    FLAGGED = "flagged"
    MOVED = "moved"  # into a folder, or given a label
    ANSWERED = "answered"
    OPENED = "opened"
    TRASHED = "trashed"
    IGNORED = "ignored"  # neither answered nor flagged for days
    DRAFT_SENT = "draft_sent"  # a draft of ours, as it was or edited


class KeyKind(StrEnum):
    """What a pattern is about, the most specific first."""

    SENDER = "sender"
    LIST = "list"
    DOMAIN = "domain"
    WORD = "word"  # a word of the subject


@dataclass(frozen=True, slots=True)
class Key:
    """`label` is what a person would call it."""

    kind: KeyKind
    value: str
    label: str

    @property
    def text(self) -> str:
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True)
class Feedback:
    """One act on one item; of several acts of a kind the last counts. `said` is what the built-in brain made of the item."""

    item: str
    act: Act
    at: datetime
    said: Category
    keys: tuple[Key, ...]
    value: str = ""
    asked: bool = False  # whether the item asked something of the person
    received_at: datetime | None = None

    @property
    def id(self) -> str:
        return hashlib.sha256(f"{self.item}\0{self.act}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the acts on one item say together: the brain `said` one category, the person `meant` another, or the same.

    `nudge` is 1 where it mattered more than it seemed, -1 where less. `weight` is 1 for the person's word, less for what is inferred.
    """

    said: Category
    meant: Category
    nudge: int
    weight: float
    act: Act
    at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """Lessons of one kind under one key. `weight` decays and is as of the pattern's `at`; `cases` doesn't decay."""

    said: Category
    meant: Category
    nudge: int
    act: Act
    weight: float
    cases: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Pattern:
    """All that was learned under one key. `senders` are digests of up to three whose mails taught it; what was learned until `forgotten_at`
    the person has taken back.
    """

    key: Key
    at: datetime
    tallies: tuple[Tally, ...] = ()
    senders: tuple[str, ...] = ()
    recent: tuple[tuple[Category, Category], ...] = ()  # the last lessons, (said, meant), oldest first
    forgotten_at: datetime | None = None

    @property
    def id(self) -> str:
        return hashlib.sha256(self.key.text.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of the person's ways with one message: patterns under its keys, and what they said of it themselves."""

    patterns: tuple[Pattern, ...] = ()
    corrected: str = ""
