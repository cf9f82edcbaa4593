"""Creating an event, and taking it back. Only what the gate let through comes here.

It invites nobody: an attendee would have the server send mail (RFC 6638 section 3.2.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from service.errors import Rejected, Unavailable
from service.integrations.dav.account import Account
from service.integrations.dav.collections import Collection, Listing
from service.integrations.dav.places import host, path_of
from service.integrations.dav.server import Server
from service.integrations.files.settings import digest

_ALREADY = frozenset({403, 409, 412})
"""412 for the path; 403 or 409 for its UID elsewhere in the calendar (RFC 4791 section 5.3.2.1, `no-uid-conflict`)."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Times are aware, in the zone that the event is to be written in. `uid` is made from the approval, so that a second try
    after a doubtful first one finds what that one left. `remind`: so long before, a calendar program says so.
    """

    uid: str
    title: str
    start_at: datetime
    end_at: datetime
    location: str = ""
    description: str = ""
    remind: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """The receipt: where it lies, and the etag of what was written (as in the header)."""

    url: str
    etag: str


def create(account: Account, calendar: str, event: NewEvent, now: datetime) -> Created:
    """`calendar` by its name; "" where there is but one. Raises Rejected where there is no such calendar, or the server says no."""
    chosen = _calendar(account, calendar)
    path = f"{chosen.path}{digest(event.uid)[:32]}.ics"  # what a file may be called differs from server to server
    headers = {"Content-Type": "text/calendar; charset=utf-8", "If-None-Match": "*"}
    try:
        answer = chosen.server.ask("PUT", path, written(event, now), accept=_ALREADY, headers=headers).answer
    except Unavailable as error:
        error.arrived = None  # nobody knows, and the next try finds out
        raise
    if answer.status in _ALREADY:
        return _earlier(chosen.server, path, event, answer.status)
    return Created(chosen.server.origin + path, answer.headers.get("etag") or _look(chosen.server, path)[0])


def undo(account: Account, created: Created) -> None:
    """Raises Rejected where it was changed since: it is its person's by then."""
    server, path = account.server(created.url), path_of(created.url, "/")
    answer = server.ask("DELETE", path, accept={404, 410, 412}, headers={"If-Match": created.etag}).answer
    if answer.status == 412:
        raise Rejected(
            f"the event on {host(created.url)} was changed since it was made: delete it in your calendar if it is not wanted"
        )


def written(event: NewEvent, now: datetime) -> str:
    """As iCalendar text, with the time zone it needs."""
    from icalendar import Alarm, Calendar, Event

    made = Event()
    said = {"uid": event.uid, "dtstamp": now, "dtstart": event.start_at, "dtend": event.end_at, "summary": event.title}
    more = {"location": event.location, "description": event.description}
    for name, value in (said | {name: text for name, text in more.items() if text}).items():
        made.add(name, value)
    if event.remind is not None:
        alarm = Alarm()
        for name, value in {"action": "DISPLAY", "description": event.title, "trigger": -event.remind}.items():
            alarm.add(name, value)
        made.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Reveille//EN")
    calendar.add("version", "2.0")
    calendar.add_component(made)
    calendar.add_missing_timezones()
    return str(calendar.to_ical(), "utf-8")


def _calendar(account: Account, name: str) -> Collection:
    listed: Listing = account.look()[0]
    found = [one for one in listed.collections if not name or one.is_called(name)]
    if len(found) != 1:
        which = f"is no calendar “{name}”" if not found else f"are {len(found)} calendars that it could be"
        raise Rejected(f"there {which}: {account.correction(listed)}")
    return found[0]


def _earlier(server: Server, path: str, event: NewEvent, status: int) -> Created:
    """What an earlier try has written is this one's success."""
    etag, text = _look(server, path)
    if f"UID:{event.uid}" not in text.replace("\r\n ", "").split("\r\n"):
        raise Rejected(f"{host(server.origin)} does not take the event ({status}): choose a calendar that you may write to")
    return Created(server.origin + path, etag)


def _look(server: Server, path: str) -> tuple[str, str]:
    """Etag and text; both are "" where nothing is there."""
    answer = server.ask("GET", path, accept={403, 404, 410}).answer
    if answer.status >= 300:
        return "", ""
    return answer.headers.get("etag", ""), answer.data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\n", "\r\n")
