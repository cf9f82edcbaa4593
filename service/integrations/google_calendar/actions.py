"""Creating an event, and taking it back. Only what the gate let through comes here.

It invites nobody but whom the approval names; those are written to, as Google does for anybody who invites.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from service.errors import Rejected, Unavailable
from service.http import Refused
from service.integrations.google_calendar.api import Calendars
from service.integrations.google_calendar.chosen import choose

_THERE, _CHANGED = 409, 412
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Times are aware; `timezone` is the IANA zone that it is meant in. `key` is made from the approval, so that a second try after a
    doubtful first one finds what that one left.
    """

    key: str
    title: str
    start_at: datetime
    end_at: datetime
    timezone: str
    location: str = ""
    description: str = ""
    attendees: tuple[str, ...] = ()
    remind: timedelta | None = None  # so long before; None: as the calendar does by itself


@dataclass(frozen=True, slots=True)
class Created:
    """The receipt: where it lies, and the etag of what was written."""

    calendar: str
    id: str
    etag: str
    url: str
    invited: bool


def create(calendars: Calendars, calendar: str, event: NewEvent) -> Created:
    """`calendar` by its name or address; "" is the person's own. Raises Rejected where there is no such calendar."""
    (chosen, *_) = choose(calendars.entries(), (calendar or "primary",))
    told = "all" if event.attendees else "none"
    try:
        said = calendars.api.call(calendars.events.insert(calendarId=chosen.id, sendUpdates=told, body=_body(event)))
    except Refused as error:
        if error.status != _THERE:
            raise
        said = calendars.api.call(calendars.events.get(calendarId=chosen.id, eventId=_id(event)))
        if said.get("status") == "cancelled":
            raise Rejected("this event was made before and has been deleted since: it is not made again") from error
    except Unavailable as error:
        error.arrived = None  # nobody knows, and the next try finds out
        raise
    return Created(chosen.id, str(said["id"]), str(said.get("etag", "")), str(said.get("htmlLink", "")), bool(event.attendees))


def undo(calendars: Calendars, created: Created) -> bool:
    """False: it is gone already. Raises Rejected where it was changed since: it is its person's by then."""
    told = "all" if created.invited else "none"
    request = calendars.events.delete(calendarId=created.calendar, eventId=created.id, sendUpdates=told)
    request.headers["If-Match"] = created.etag  # https://developers.google.com/workspace/calendar/api/guides/version-resources
    try:
        calendars.api.call(request)
    except Refused as error:
        if error.status == _CHANGED:
            raise Rejected("the event was changed since it was made: delete it in your calendar if it is not wanted") from error
        if error.status not in _GONE:
            raise
        return False
    return True


def _body(event: NewEvent) -> Mapping[str, Any]:
    said = {"summary": event.title, "location": event.location, "description": event.description}
    return {
        "id": _id(event),
        **{key: text for key, text in said.items() if text},
        "start": {"dateTime": event.start_at.isoformat(), "timeZone": event.timezone},
        "end": {"dateTime": event.end_at.isoformat(), "timeZone": event.timezone},
        **_reminder(event.remind),
        **({"attendees": [{"email": email} for email in event.attendees]} if event.attendees else {}),
    }


def _reminder(remind: timedelta | None) -> Mapping[str, Any]:
    if remind is None:
        return {}
    return {"reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": int(remind.total_seconds() // 60)}]}}


def _id(event: NewEvent) -> str:
    """Of the letters a–v and digits, as the reference asks (events.insert, `id`)."""
    return hashlib.sha256(event.key.encode()).hexdigest()[:40]
