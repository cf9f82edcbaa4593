"""Rules of the config file: when these conditions hold, then this follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from service.domain.answers import Answering

RELATIONS = ("known", "stranger", "answered", "written", "colleague", "external", "meeting")
"""What a sender may be to the person. `answered`: the person has answered them; `meeting`: they meet within a day."""
THREADS = ("new", "joined", "answer", "answered", "open")
"""What a message may be in its thread. `joined`: the person wrote in it before; `answer`: the last word before it was the person's;
`answered`: the person has written after it, `open`: not so."""
CRM_FIELDS = ("company", "title", "lifecycle", "owner", "deal", "stage", "amount")


@dataclass(frozen=True, slots=True)
class Hours:
    """Wall time in a zone: from `start` until `end` (after midnight where `end` is not after `start`), on `days` (0 is Monday).

    The hours after midnight belong to the day on which they began.
    """

    timezone: str
    start: time = time(0)
    end: time = time(0)
    days: frozenset[int] = frozenset(range(7))

    def hold(self, at: datetime) -> bool:
        local = at.astimezone(ZoneInfo(self.timezone))
        clock, weekday = local.time(), local.weekday()
        if self.start < self.end:
            return self.start <= clock < self.end and weekday in self.days
        if clock >= self.start:
            return weekday in self.days
        return clock < self.end and (weekday - 1) % 7 in self.days


@dataclass(frozen=True, slots=True)
class Condition:
    """All that are set must hold. A pattern is a glob, or a regular expression between slashes; "" is not asked.

    `sender` and `to` match an address or the name before it; `domain` that of the sender or one above it; `text` the visible text;
    `source` an account's name or kind. Of `relation` and `thread` one of the words must hold, of `crm` every field.
    """

    sender: str = ""
    domain: str = ""
    to: str = ""
    subject: str = ""
    text: str = ""
    list: str = ""
    source: str = ""
    channel: str = ""  # chat channel
    attendee: str = ""
    category: str = ""
    relation: tuple[str, ...] = ()
    thread: tuple[str, ...] = ()
    time: Hours | None = None  # of when the item is dated
    crm: tuple[tuple[str, str], ...] = ()  # field and pattern, over the sender's contact and open deals
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()  # `not` in the file


@dataclass(frozen=True, slots=True)
class Consequence:
    priority: str = ""  # urgent, high, normal, low
    category: str = ""
    label: str = ""  # where a source allows it, a standing approval: label the message there, too
    notify: tuple[str, ...] = ()
    private: bool | None = None
    mute: bool | None = None
    task: str = ""  # a standing approval: file a task in this project, named in the config
    answer: Answering | None = None  # a draft from a template; a standing approval where it goes out by itself
    flag: bool = False  # a standing approval: flag the message
    post: str = ""  # a standing approval: say so in this channel
    at_most: int = 50  # how often a day the standing approvals of this rule are good


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    when: Condition
    then: Consequence
