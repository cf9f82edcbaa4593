"""What triage says of a message, each statement with the exact words it rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
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
    """Something is asked. `of_me`: of the person; otherwise of somebody else or of everybody. `plain`: in so many words; a hint
    ("we could discuss it on Tuesday", "I'd be glad of your view") probably wants something, and nobody waits for it.
    """

    span: Span
    what: str  # the ask as a short phrase from its own words
    of_me: bool = True
    due: When | None = None
    question: bool = False
    plain: bool = True


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
class Amount:
    """Money. `currency` by ISO 4217."""

    span: Span
    currency: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Decision:
    """Something was settled, whoever settled it."""

    span: Span
    what: str


@dataclass(frozen=True, slots=True)
class MeetingProposal:
    """Times somebody proposes to meet or to talk at, in the order they are said."""

    span: Span
    slots: tuple[DateMention, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`brain` says who judged: "rules", "you" (the person corrected it), "learned" (from what the person does), "builtin", or a model's
    name; `rules` the names of the rules that fired; `builtin` the built-in brain's own category, whoever judged.
    """

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
    hints: tuple[Request, ...] = ()  # requests that are not plain
    amounts: tuple[Amount, ...] = ()
    decisions: tuple[Decision, ...] = ()
    meetings: tuple[MeetingProposal, ...] = ()
    language: str = "unknown"  # "en", "de", "fr", "es"; another code or "unknown" where nothing is said of what the text asks
    builtin: Category | None = None

    @property
    def without_words(self) -> Verdict:
        """What may stay when the message's text goes: nothing that quotes it."""
        return replace(self, requests=(), hints=(), commitments=(), dates=(), amounts=(), decisions=(), meetings=())


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
