"""What triage says of a message, each statement with the exact words it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from service.domain.items import Message


class Category(StrEnum):
    URGENT = "urgent"
    NEEDS_REPLY = "needs_reply"
    FYI = "fyi"
    PROMOTION = "promotion"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True)
class Span:
    """The exact words in an item's visible text (`text`) and the offset of their first character; -1: in the subject."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class When:
    """A time as far as the words settle it. `at` (UTC) where a clock time was said, else `on`, a local date. Both None: unclear."""

    words: str
    on: date | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Something is asked. `of_me`: of the person; otherwise of somebody else or of everybody."""

    span: Span
    what: str  # the ask as a short phrase from its own words
    of_me: bool = True
    due: When | None = None
    question: bool = False


@dataclass(frozen=True, slots=True)
class Commitment:
    """Somebody said that they would do something. `who` is an e-mail; `mine`: the person's own promise."""

    span: Span
    what: str
    who: str
    mine: bool
    due: When | None = None


@dataclass(frozen=True, slots=True)
class DateMention:
    span: Span
    when: When


@dataclass(frozen=True, slots=True)
class Verdict:
    """`brain` says who judged: "rules", "builtin", or a model's name; `rules` the names of the rules that fired."""

    category: Category
    urgency: float  # 0 to 1
    reasons: tuple[str, ...]  # in words, most telling first
    requests: tuple[Request, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    dates: tuple[DateMention, ...] = ()
    spam: bool = False
    phishing: bool = False
    private: bool = False
    muted: bool = False
    priority: str = ""  # from a rule: "urgent", "high", "low"; "" where no rule said
    notify: tuple[str, ...] = ()  # channels a rule names
    labels: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    brain: str = "builtin"


@dataclass(frozen=True, slots=True)
class Relation:
    """How the person and one address have dealt with each other so far."""

    received: int = 0  # from them
    sent: int = 0  # to them
    answered: int = 0  # theirs that the person answered
    last_received_at: datetime | None = None
    last_sent_at: datetime | None = None
    known: bool = False  # in contacts or the CRM
    name: str = ""
    answers_in: timedelta | None = None  # how long the person usually takes to answer them; None: too few answers to say
    meets_at: datetime | None = None  # the next meeting with them
    meeting: str = ""  # its title, "" for a private one
    deal: str = ""  # the name of an open deal with them


@dataclass(frozen=True, slots=True)
class Judged:
    """A message and what triage says of it."""

    message: Message
    verdict: Verdict
