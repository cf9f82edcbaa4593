"""The fact set: one thing worth saying each, from which every rendering is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Basis(StrEnum):
    STATED = "stated"  # the source says so in these words
    DERIVED = "derived"  # follows from what sources say (a conflict of two events, a count)
    INFERRED = "inferred"  # a judgement (urgency, "waiting on")


class Sensitivity(StrEnum):
    NORMAL = "normal"
    PRIVATE = "private"  # kept off channels that others may see or hear


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Where a fact comes from. `quote` holds the exact words it rests on, "" where the item as a whole is meant."""

    kind: str  # message, event, thread, contact, deal, note, task
    id: str
    title: str
    url: str = ""
    quote: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """`key` names the thing for good ("reply:<thread>"); `version` changes when what it says changes."""

    key: str
    version: str
    text: str  # one sentence (or headline) for the eye, plain text
    sources: tuple[SourceRef, ...]
    people: tuple[str, ...] = ()  # labels of the people it is about
    at: datetime | None = None  # the moment it is about
    importance: float = 0.0  # 0 to 1, decides order before time does
    topic: str = ""
    basis: Basis = Basis.STATED
    sensitivity: Sensitivity = Sensitivity.NORMAL
    speech: str = ""  # the same said aloud: numbers and dates still in figures; "" says `text`, a blank nothing
    details: tuple[Fact, ...] = ()  # lines under it: a meeting's people, conflicts, preparation
    label: str = ""  # a short lead: a time ("09:30"), a name
    why: str = ""  # why it is here, in words


NO_MEETING = frozenset({"cancelled", "blocks", "over"})
"""Topics of facts that stand among the meetings and are none to go to."""


class Section(StrEnum):
    """Sections of a morning briefing, in reading order; `version` 1 of the JSON form."""

    NEEDS_YOU = "needs_you"
    MEETINGS = "meetings"
    WAITING = "waiting"
    COMMITMENTS = "commitments"
    SLACK = "slack"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    account: str
    kind: str
    health: str
    read_at: datetime | None
    failing_since: datetime | None = None
    error: str = ""
    items: int = 0  # held in the window that the briefing looked at
    problems: int = 0  # could not be read
    examples: tuple[str, ...] = ()  # of the problems, in words


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was read and when, what was unreachable and since when, what was left out and why."""

    sources: tuple[SourceCoverage, ...] = ()
    since_at: datetime | None = None
    until_at: datetime | None = None
    suppressed: tuple[tuple[str, int], ...] = ()  # ("newsletters", 31), ("muted", 7)
    missed: tuple[str, ...] = ()  # occurrences that were skipped or failed since the last briefing, in words
    notes: tuple[str, ...] = ()  # "This briefing is 40 minutes late."


@dataclass(frozen=True, slots=True)
class Briefing:
    kind: str  # morning, meeting
    person: str
    title: str  # the one h1
    subject: str  # "Tue 12 May · 3 need you · 4 meetings"
    bottom_line: str  # one sentence
    made_at: datetime  # as of when it is made
    timezone: str
    sections: tuple[tuple[str, tuple[Fact, ...]], ...]
    coverage: Coverage = field(default_factory=Coverage)
    language: str = "en"

    def facts(self) -> tuple[Fact, ...]:
        return tuple(f for _, facts in self.sections for f in facts)

    def section(self, name: str) -> tuple[Fact, ...]:
        return dict(self.sections).get(name, ())
