"""What sources hold, normalised. An item's `id` is stable for its person whatever account or folder it was read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from service.domain.mailing import Automatic, Card, Carried, Invitation, Report
from service.domain.people import Address

CLOCKS_AGREE = timedelta(days=1)


class Provenance(StrEnum):
    OWN = "own"  # the person wrote it
    OUTSIDE = "outside"  # anybody else did, or nobody can tell


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    size: int  # bytes, decoded
    text: str = ""  # what it says, where reading attachments is switched on


@dataclass(frozen=True, slots=True)
class Link:
    """A link as a person sees it (`text`) and where it goes (`target`)."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Bulk:
    """Markers that a machine sent this to many. Empty strings where the header is absent."""

    list_id: str = ""
    precedence: str = ""
    auto_submitted: str = ""
    unsubscribe: bool = False
    feedback_id: bool = False

    @property
    def is_list(self) -> bool:
        return bool(self.list_id)

    @property
    def is_automated(self) -> bool:
        return self.precedence in {"bulk", "junk", "list"} or self.auto_submitted not in {"", "no"}


@dataclass(frozen=True, slots=True)
class Authentication:
    """Results the receiving server wrote: "pass", "fail", "softfail", "none" …; "" where it said nothing."""

    spf: str = ""
    dkim: str = ""
    dmarc: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    account: str
    message_id: str  # as in the header without <>, "" where there is none
    thread_id: str  # the root of References/In-Reply-To, else its own id
    sent_at: datetime  # Date header, else the newest Received, else the file's time
    sender: Address
    subject: str
    text: str  # what a person reads: visible, decoded, hidden text removed
    reply_text: str  # `text` without quotes, attribution, signature and disclaimer
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    in_reply_to: str = ""
    folder: str = ""
    flags: frozenset[str] = frozenset()  # of: seen answered flagged draft trashed
    provenance: Provenance = Provenance.OUTSIDE
    bulk: Bulk = Bulk()
    authentication: Authentication = Authentication()
    attachments: tuple[Attachment, ...] = ()
    links: tuple[Link, ...] = ()
    hidden_chars: int = 0  # how much text was there that no person sees
    own_briefing: bool = False  # Reveille itself sent it: never becomes an item
    problems: tuple[str, ...] = ()  # what could not be read, in words
    url: str = ""  # where a person opens it
    arrived_at: datetime | None = None  # when the person's own server or folder got it; None where nothing tells
    conversation: str = ""  # the vendor's id of its thread, or what Exchange writes into Thread-Index; "" where nobody says
    automatic: Automatic = Automatic.NONE  # which program wrote it where no person did
    report: Report | None = None  # of a bounce or a receipt: about which mail, to whom
    invitations: tuple[Invitation, ...] = ()  # its calendar parts
    carried: tuple[Carried, ...] = ()  # messages attached to it
    card: Card | None = None  # what the sender's signature says of them
    noticed: tuple[str, ...] = ()  # in words, what of its making is telling: forms that disagree, names that lie

    @property
    def at(self) -> datetime:
        """Its place in time: when it was sent, unless the sender's clock is more than a day off from its arrival."""
        arrived = self.arrived_at
        return arrived if arrived is not None and abs(arrived - self.sent_at) > CLOCKS_AGREE else self.sent_at

    @property
    def new_at(self) -> datetime:
        """From when on it could be read here: a mail may be on its way for a while after its Date."""
        return max(self.at, self.arrived_at or self.at)

    @property
    def people(self) -> tuple[Address, ...]:
        return (self.sender, *self.to, *self.cc)


class Reply(StrEnum):
    """A person's answer to an invitation (RFC 5545 PARTSTAT)."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"
    NEEDS_ACTION = "needs-action"
    NONE = ""  # not an invitation, or the calendar does not say


@dataclass(frozen=True, slots=True)
class Attendee:
    address: Address
    reply: Reply = Reply.NONE
    optional: bool = False
    organizer: bool = False
    resource: bool = False  # a room or a device, not a person


@dataclass(frozen=True, slots=True)
class Event:
    """One instance. `id` is the series' uid and the instance's original start, so it survives being moved."""

    id: str
    account: str
    uid: str
    start_at: datetime
    end_at: datetime
    title: str
    all_day: bool = False
    start_date: date | None = None  # of all-day events: local dates, `end_date` exclusive
    end_date: date | None = None
    timezone: str = ""  # the zone the event was written in, "" for floating or UTC
    status: str = "confirmed"  # confirmed, tentative, cancelled
    busy: bool = True  # TRANSP
    location: str = ""
    description: str = ""
    conference: str = ""  # a link to join by, found in the event
    organizer: Address | None = None
    attendees: tuple[Attendee, ...] = ()
    recurring: bool = False
    sequence: int = 0
    private: bool = False  # CLASS:PRIVATE or CONFIDENTIAL
    provenance: Provenance = Provenance.OUTSIDE
    updated_at: datetime | None = None
    url: str = ""

    @property
    def at(self) -> datetime:
        return self.start_at


@dataclass(frozen=True, slots=True)
class Series:
    """All components of one iCalendar UID as text, to be expanded into events for a window (`service.calendar`)."""

    id: str  # account and uid
    account: str
    uid: str
    ical: str  # a whole VCALENDAR with the VTIMEZONEs it needs
    first_at: datetime
    last_at: datetime | None  # None: goes on without end
    title: str = ""
    url: str = ""

    @property
    def at(self) -> datetime:
        return self.first_at

    def is_near(self, start: datetime, end: datetime) -> bool:
        """Whether it may have instances in [start, end): nothing is expanded to find out."""
        return self.first_at < end and (self.last_at is None or self.last_at >= start)


@dataclass(frozen=True, slots=True)
class Post:
    """One message in a chat thread. Mentions and links are already in words; `mentions` are user e-mails or ids."""

    id: str
    at: datetime
    author: Address
    text: str
    provenance: Provenance = Provenance.OUTSIDE
    mentions: frozenset[str] = frozenset()
    reactions: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """A chat thread: its root first, then the replies in order. `mentions_me`: by name, handle or a group they are in."""

    id: str
    account: str
    channel: str
    posts: tuple[Post, ...]
    direct: bool = False  # a direct message or a small group's
    mentions_me: bool = False
    url: str = ""

    @property
    def at(self) -> datetime:
        return self.posts[-1].at

    @property
    def title(self) -> str:
        return f"#{self.channel}" if not self.direct else self.channel


@dataclass(frozen=True, slots=True)
class Contact:
    id: str
    account: str
    name: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    company: str = ""
    title: str = ""
    notes: str = ""
    last_contact_at: datetime | None = None
    updated_at: datetime | None = None
    owner: str = ""  # the colleague who looks after them: an e-mail or a name
    url: str = ""
    lifecycle: str = ""  # how far they are, in the CRM's word: "lead", "customer"

    @property
    def at(self) -> datetime | None:
        return self.updated_at


@dataclass(frozen=True, slots=True)
class Deal:
    id: str
    account: str
    name: str
    company: str = ""
    stage: str = ""
    amount: str = ""  # as the CRM shows it, with its currency
    closes_on: date | None = None
    follow_up_on: date | None = None
    owner: str = ""
    people: tuple[str, ...] = ()  # e-mails of contacts
    notes: str = ""
    open: bool = True
    updated_at: datetime | None = None
    url: str = ""
    domains: tuple[str, ...] = ()  # of its companies' websites, lower case: who writes from there belongs to it

    @property
    def at(self) -> datetime | None:
        return self.updated_at


@dataclass(frozen=True, slots=True)
class Note:
    """A document or a transcript. `at` is the date it is about where its name or head says so, else the file's time."""

    id: str
    account: str
    title: str
    text: str
    at: datetime
    people: tuple[str, ...] = ()  # names or e-mails it names as participants
    transcript: bool = False
    provenance: Provenance = Provenance.OWN
    url: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    id: str
    account: str
    title: str
    due_on: date | None = None
    done: bool = False
    assignee: str = ""
    project: str = ""
    notes: str = ""
    updated_at: datetime | None = None
    url: str = ""

    @property
    def at(self) -> datetime | None:
        return self.updated_at


Item = Message | Event | Series | Thread | Contact | Deal | Note | Task
"""`Thread` is a chat thread; a mail thread is the messages that share a `thread_id`."""
