"""What every hand reads out of an order: a draft as a message, an event's times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from service.domain.items import Message
from service.errors import Rejected
from service.ports import Order

POLICY = SMTP.clone(raise_on_defect=False)


def message_id(order: Order, sender: str) -> str:
    """The same at each attempt, without <>: by it a draft is found again. It is sent with the draft, so it names nobody but the sender."""
    return f"{order.key}@{sender.rpartition('@')[2].encode('idna').decode('ascii') or 'localhost'}"


def draft(order: Order, sender: str, at: datetime) -> bytes:
    """An RFC 5322 message to whom the arguments name, as an answer where they say to what."""
    said, made = order.arguments, EmailMessage(policy=POLICY)
    made["From"] = sender
    for name, key in (("To", "to"), ("Cc", "cc")):
        if said.get(key):
            made[name] = ", ".join(said[key])
    made["Subject"] = " ".join(str(said["subject"]).split())
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{message_id(order, sender)}>"
    if order.message is not None and order.message.message_id:
        for name, value in _thread(order.message).items():
            made[name] = value
    made.set_content(str(said["text"]))
    return made.as_bytes()


@dataclass(frozen=True, slots=True)
class Planned:
    title: str
    start_at: datetime
    end_at: datetime
    calendar: str
    place: str
    text: str
    remind: timedelta | None
    attendees: Sequence[str]


def planned(order: Order) -> Planned:
    """Raises Rejected where it ends before it begins."""
    said = order.arguments
    start, end = (datetime.fromisoformat(str(said[name])) for name in ("start", "end"))
    if end <= start:
        raise Rejected(f"it would end ({said['end']}) before it begins ({said['start']}): propose it with other times")
    minutes = said.get("remind_minutes")
    remind = timedelta(minutes=int(minutes)) if minutes is not None else None
    calendar, place, text = (str(said.get(name, "")) for name in ("calendar", "place", "text"))
    return Planned(str(said["title"]), start, end, calendar, place, text, remind, tuple(said.get("attendees", ())))


def _thread(answered: Message) -> dict[str, str]:
    """RFC 5322, section 3.6.4; what is no plain message id is left out."""
    ids = dict.fromkeys(id for id in (answered.thread_id, answered.message_id) if _plain(id))
    if not _plain(answered.message_id):
        return {}
    return {"In-Reply-To": f"<{answered.message_id}>", "References": " ".join(f"<{id}>" for id in ids)}


def _plain(id: str) -> bool:
    return "@" in id and id.isascii() and id.isprintable() and len(id) < 300 and not set(id) & set(" <>")
