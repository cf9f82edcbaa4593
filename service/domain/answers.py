"""Routine mail answered in the person's voice: what a rule asks for, and the text that came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Template(StrEnum):
    RECEIPT = "receipt"  # it has arrived
    SCHEDULE = "schedule"  # these times are free
    TEXT = "text"  # the person's own words


@dataclass(frozen=True, slots=True)
class Answering:
    """A rule's wish. `by_itself`: a standing approval for the one sender that the rule names, `a_day` times; else it waits for a yes."""

    template: Template
    text: str = ""
    minutes: int = 30  # of a meeting
    by_itself: bool = False
    a_day: int = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """A mail that would answer `item`. Its words come from templates, the config and the person's own mail; of the item itself it has the
    subject and the sender's name.

    `to` is who wrote the item, which is outside text. `named` is the same address where the config names it word for word, else "": only
    then may an action go there. `by_itself`: the rule stands for that, `a_day` times.
    """

    item: str
    account: str
    rule: str
    template: Template
    to: str
    subject: str
    text: str
    answers: str  # Message-ID
    why: str
    named: str = ""
    by_itself: bool = False
    a_day: int = 0


@dataclass(frozen=True, slots=True)
class Declined:
    """Why no template answers it honestly."""

    rule: str
    because: str
