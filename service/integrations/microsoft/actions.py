"""What may be done in a mailbox: each is a plain function that is given exactly what was approved. The gate stands before them.

A receipt names what was made or changed; `undo` is what takes it back, None where Microsoft has nothing for that.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from service.errors import Rejected, Unavailable
from service.http import Refused
from service.integrations.microsoft.graph import IMMUTABLE, Graph

_IMMUTABLE = {"Prefer": IMMUTABLE}
LOOKED_THROUGH = 50  # drafts, newest first


class Undo(StrEnum):
    DELETE_DRAFT = "delete_draft"
    SET_MARKS = "set_marks"  # categories and flag as they were
    DELETE_EVENT = "delete_event"  # those who were invited are told that it is off


@dataclass(frozen=True, slots=True)
class Receipt:
    id: str  # immutable, of the message or event
    url: str = ""  # where a person opens it
    undo: Undo | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    """What `undo` sets again."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """`key` is the same each time one approval is carried out: an event that was made by a request whose answer got lost is not made twice."""

    key: str
    title: str
    start_at: datetime
    end_at: datetime
    text: str = ""
    place: str = ""
    attendees: Sequence[str] = ()  # e-mails; Microsoft invites them at once
    online: bool = False  # as a Teams meeting
    remind: timedelta | None = None  # so long before; None: as the calendar does by itself


def create_draft(graph: Graph, mime: bytes) -> Receipt:
    """Into Drafts, as it is (https://learn.microsoft.com/graph/outlook-send-mime-message). Needs Mail.ReadWrite. Raises Unavailable with
    `arrived` None where nobody can know: look with `find_draft` before it is tried again.
    """
    headers = {"Content-Type": "text/plain", **_IMMUTABLE}
    try:
        made = graph.act("POST", "/messages", content=base64.b64encode(mime), headers=headers)
    except Unavailable as error:
        error.in_doubt()
        raise
    return Receipt(str(made["id"]), str(made.get("webLink") or ""), Undo.DELETE_DRAFT)


def find_draft(graph: Graph, message_id: str) -> Receipt | None:
    """The draft with this Message-ID, without <>, among the newest; None where there is none."""
    asked: dict[str, str | int] = {"$select": "id,internetMessageId,webLink", "$top": LOOKED_THROUGH}
    said = graph.get("/mailFolders/drafts/messages", asked, (IMMUTABLE,))
    found = next((one for one in said.get("value", ()) if one.get("internetMessageId") == f"<{message_id}>"), None)
    return Receipt(str(found["id"]), str(found.get("webLink") or ""), Undo.DELETE_DRAFT) if found else None


def send_draft(graph: Graph, id: str) -> Receipt:
    """Sends a draft that was made (https://learn.microsoft.com/graph/api/message-send). Needs Mail.Send; nothing takes it back.

    Raises Rejected where there is no such draft: it was sent already, or thrown away.
    """
    try:
        graph.act("POST", f"/messages/{id}/send", headers=_IMMUTABLE, content=b"")
    except Refused as error:
        raise Rejected(
            f"this draft can't be sent ({error.status}): it was sent or thrown away meanwhile; look into Sent Items"
        ) from error
    return Receipt(id)


def set_marks(
    graph: Graph, id: str, *, add: Sequence[str] = (), remove: Sequence[str] = (), flagged: bool | None = None
) -> Receipt:
    """Categories and the flag of one message (https://learn.microsoft.com/graph/api/message-update); what isn't named stays. Needs Mail.ReadWrite."""
    there = graph.get(f"/messages/{id}", {"$select": "categories,flag,webLink"}, (IMMUTABLE,))
    before = {"categories": list(there.get("categories") or ()), "flag": {"flagStatus": _status(there)}}
    wanted: dict[str, Any] = {}
    if add or remove:
        kept = [one for one in before["categories"] if one not in remove]
        wanted["categories"] = [*kept, *(one for one in add if one not in kept)]
    if flagged is not None:
        wanted["flag"] = {"flagStatus": "flagged" if flagged else "notFlagged"}
    if wanted:
        graph.act("PATCH", f"/messages/{id}", json=wanted, headers=_IMMUTABLE)
    return Receipt(id, str(there.get("webLink") or ""), Undo.SET_MARKS, {name: before[name] for name in wanted})


def create_event(graph: Graph, event: NewEvent, zone: tzinfo | None = None) -> Receipt:
    """Into the account's own calendar (https://learn.microsoft.com/graph/api/user-post-events). `zone`: what it is written in, UTC where none is
    named. Needs Calendars.ReadWrite.
    """
    said: dict[str, Any] = {
        "subject": event.title,
        "start": _moment(event.start_at, zone),
        "end": _moment(event.end_at, zone),
        "transactionId": event.key,
    }
    if event.text:
        said["body"] = {"contentType": "text", "content": event.text}
    if event.place:
        said["location"] = {"displayName": event.place}
    if event.attendees:
        said["attendees"] = [{"emailAddress": {"address": one}, "type": "required"} for one in event.attendees]
    if event.remind is not None:
        said |= {"isReminderOn": True, "reminderMinutesBeforeStart": int(event.remind.total_seconds() // 60)}
    if event.online:
        said |= {"isOnlineMeeting": True, "onlineMeetingProvider": "teamsForBusiness"}
    made = graph.act("POST", "/events", json=said, headers=_IMMUTABLE)
    return Receipt(str(made["id"]), str(made.get("webLink") or ""), Undo.DELETE_EVENT)


def undo(graph: Graph, receipt: Receipt) -> None:
    """Takes back what a receipt is about; what is gone already is as it should be. Raises Rejected where nothing can."""
    match receipt.undo:
        case Undo.DELETE_DRAFT:
            _still_a_draft(graph, receipt.id)
            graph.ask("DELETE", graph.path(f"/messages/{receipt.id}"), headers=_IMMUTABLE, accept={404})
        case Undo.DELETE_EVENT:
            graph.ask("DELETE", graph.path(f"/events/{receipt.id}"), headers=_IMMUTABLE, accept={404})
        case Undo.SET_MARKS:
            if receipt.before:
                graph.act("PATCH", f"/messages/{receipt.id}", json=dict(receipt.before), headers=_IMMUTABLE)
        case None:
            raise Rejected("what was sent can't be taken back")


def _still_a_draft(graph: Graph, id: str) -> None:
    """Ids stay the same when a draft is sent: what is in Sent Items is nobody's to throw away."""
    answer = graph.ask("GET", graph.path(f"/messages/{id}", {"$select": "isDraft"}), headers=_IMMUTABLE, accept={404})
    if answer.status < 300 and answer.json.get("isDraft") is False:
        raise Rejected("this draft was sent meanwhile: it can't be taken back")


def _status(message: Mapping[str, Any]) -> str:
    flag = message.get("flag")
    return str(flag.get("flagStatus") or "notFlagged") if isinstance(flag, dict) else "notFlagged"


def _moment(at: datetime, zone: tzinfo | None) -> dict[str, str]:
    """Graph takes IANA names as well (https://learn.microsoft.com/graph/api/resources/datetimetimezone)."""
    name = getattr(zone, "key", "") or "UTC"
    local = at.astimezone(zone if name != "UTC" else UTC)
    return {"dateTime": local.strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": name}
