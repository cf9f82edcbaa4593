"""What a mail is beside its words: sent by a program, about a meeting, carrying other mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from service.domain.people import Address


class Automatic(StrEnum):
    """Which program answered where no person did; NONE where nothing tells of one."""

    NONE = ""
    BOUNCE = "bounce"  # it could not be delivered (RFC 3464, action "failed")
    DELAY = "delay"  # not yet
    DELIVERED = "delivered"  # a server's word that it was (RFC 3464, "delivered", "relayed", "expanded")
    READ = "read"  # a client's word that it was shown, or deleted unread (RFC 8098)
    REPLY = "auto-reply"  # out of office and the like (RFC 3834)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a mail for one recipient. `status` as in RFC 3463 ("5.1.1"), "" where nobody says."""

    email: str
    status: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a program says about a mail of the person's: to whom it went, and which it was (its Message-ID, without <>)."""

    deliveries: tuple[Delivery, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A calendar part (RFC 5546). `uid` is the event's; `event_id` that of one instance where only that is meant, else "".

    `method` in lower case: "request" invites or updates, "cancel", "reply", "counter", "publish"; "" where it does not say.
    `replies` are of a reply: who answered, and the answer as in RFC 5545 PARTSTAT, in lower case.
    """

    uid: str
    method: str = ""
    event_id: str = ""
    title: str = ""
    start: datetime | date | None = None  # a date for all day
    end: datetime | date | None = None
    location: str = ""
    sequence: int = 0
    organizer: Address | None = None
    replies: tuple[tuple[Address, str], ...] = ()

    def concerns(self, uid: str, event_id: str) -> bool:
        """Whether it is about this instance of this event."""
        return uid == self.uid and self.event_id in {"", event_id}


@dataclass(frozen=True, slots=True)
class Card:
    """What somebody's signature says of them: their own word, and nobody's proof."""

    name: str
    title: str = ""
    company: str = ""
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """A message attached to another."""

    sender: Address
    subject: str
    sent_at: datetime | None
    message_id: str = ""
