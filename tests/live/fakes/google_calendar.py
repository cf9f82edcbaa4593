"""Calendar's calendarList and events as documented (https://developers.google.com/workspace/calendar/api/v3/reference and
https://developers.google.com/workspace/calendar/api/guides/sync, …/guides/recurringevents).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.live.fakes.google_rules import Fault

if TYPE_CHECKING:
    from tests.live.fakes.google import Request

READ_LIST = ("calendar.readonly", "calendar", "calendar.calendarlist.readonly", "calendar.calendarlist")
READ = ("calendar.readonly", "calendar", "calendar.events", "calendar.events.readonly")
WRITE = ("calendar", "calendar.events")
NOT_WITH_TOKEN = {
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
}
_LIST = (
    "calendarId",
    "maxResults",
    "pageToken",
    "syncToken",
    "showDeleted",
    "singleEvents",
    "timeZone",
    "eventTypes",
    "maxAttendees",
)
_WRITABLE = {"id", "summary", "description", "location", "start", "end", "recurrence", "attendees", "reminders", "transparency"}
_WRITABLE |= {"visibility", "status", "iCalUID", "conferenceData", "extendedProperties", "source", "guestsCanModify"}


class Calendars:
    """`put` and `drop` are what a person does; ids of events are of the letters a–v and digits, as Google asks."""

    def __init__(self, email: str) -> None:
        self.email = email
        self.lists: dict[str, dict[str, Any]] = {}
        self._events: dict[str, dict[str, dict[str, Any]]] = {}
        self._changes: dict[str, list[str]] = {}
        self._since: dict[str, int] = {}
        self.notified: list[tuple[str, str]] = []
        """Event ids and `sendUpdates` of what invitations went out for."""
        self.add(email, primary=True, summary=email, accessRole="owner", selected=True, timeZone="Europe/Zurich")

    # --- what a person does --------------------------------------------------------------------------------------------------

    def add(self, id: str, **fields: Any) -> str:
        self.lists[id] = {"kind": "calendar#calendarListEntry", "id": id, "summary": id, **fields}
        self._events.setdefault(id, {})
        self._changes.setdefault(id, [])
        self._since.setdefault(id, 0)
        return id

    def put(self, id: str, calendar: str = "", **fields: Any) -> dict[str, Any]:
        """A new event, or other words for one that is there."""
        where = calendar or self.email
        before = self._events[where].get(
            id, {"iCalUID": f"{fields.get('recurringEventId', id)}@google.com", "status": "confirmed"}
        )
        event = {**before, **fields, "kind": "calendar#event", "id": id}
        self._changes[where].append(id)
        number = len(self._changes[where])
        event["etag"] = f'"{3_500_000_000_000_000 + number}"'
        event["updated"] = "2026-05-01T08:00:00.000Z"
        event.setdefault("organizer", {"email": self.email, "self": True})
        event.setdefault("htmlLink", f"https://www.google.com/calendar/event?eid={id}")
        self._events[where][id] = event
        return event

    def cancel_instance(self, master: str, original: dict[str, str], calendar: str = "") -> None:
        """Only what is guaranteed is there: id, recurringEventId and originalStartTime."""
        where, id = calendar or self.email, instance_id(master, original)
        self._changes[where].append(id)
        self._events[where][id] = {
            "id": id,
            "status": "cancelled",
            "recurringEventId": master,
            "originalStartTime": original,
        }

    def drop(self, id: str, calendar: str = "") -> None:
        """Of a deleted event its id alone is guaranteed. A series takes its exceptions along."""
        events = self._events[calendar or self.email]
        for one in [id, *(e["id"] for e in events.values() if e.get("recurringEventId") == id)]:
            self._changes[calendar or self.email].append(one)
            left = {k: v for k, v in events[one].items() if k in {"recurringEventId", "originalStartTime"}}
            events[one] = {"id": one, "status": "cancelled", **left}

    def forget(self, calendar: str = "") -> None:
        """No sync token handed out so far is good any more."""
        for where in [calendar] if calendar else self._changes:
            self._changes[where].append("")
            self._since[where] = len(self._changes[where])

    def ids(self, calendar: str = "") -> list[str]:
        return list(self._events[calendar or self.email])

    def event(self, id: str, calendar: str = "") -> dict[str, Any]:
        return self._events[calendar or self.email][id]

    # --- what the API answers --------------------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Any:
        for method, pattern, how in _METHODS:
            match = re.fullmatch(f"/calendar/v3{pattern}", request.path)
            if match and request.method == method:
                return how(self, request, *map(unquote, match.groups()))
        raise Fault(404, "notFound", "Not Found")

    def _list_calendars(self, request: Request) -> Any:
        request.need(*READ_LIST)
        request.only("maxResults", "pageToken", "minAccessRole", "showDeleted", "showHidden", "syncToken")
        most = request.number("maxResults", 100, 250)
        start = int(request.word("pageToken") or 0)
        shown = [one for one in self.lists.values() if not one.get("hidden")]
        more = {"nextPageToken": str(start + most)} if start + most < len(shown) else {"nextSyncToken": "list"}
        return {"kind": "calendar#calendarList", "items": shown[start : start + most], **more}

    def _one_calendar(self, request: Request, id: str) -> Any:
        request.need(*READ_LIST)
        request.only()
        return self.lists[self._calendar(id)]

    def _list(self, request: Request, calendar: str) -> Any:
        request.need(*READ)
        request.only(*_LIST, *NOT_WITH_TOKEN)
        where, token = self._calendar(calendar), request.word("syncToken")
        if request.word("singleEvents", "false") == "true":
            raise NotImplementedError("this fake knows series, not their instances")
        asked = hashlib.sha256(
            repr(sorted((k, request.query[k]) for k in ("singleEvents", "eventTypes") if k in request.query)).encode()
        )
        rest = asked.hexdigest()[:8]
        if token:
            events = self._changed(request, where, token, rest)
        else:
            events = sorted(
                self._events[where].values(), key=lambda e: hashlib.md5(e["id"].encode()).digest()
            )  # unspecified, stable
            events = [e for e in events if e["status"] != "cancelled" or self._of_living_series(where, e)]
            if uid := request.word("iCalUID"):
                events = [e for e in events if self._uid(where, e) == uid]
        return self._page(request, where, events, rest)

    def _changed(self, request: Request, where: str, token: str, rest: str) -> list[dict[str, Any]]:
        if NOT_WITH_TOKEN & set(request.query) or request.word("showDeleted", "true") == "false":
            raise Fault(400, "badRequest", "A parameter can't be used with a sync token.")
        name, _, version = token.rpartition(":")
        if name != f"{where}:{rest}" or not version.isdigit():
            raise Fault(400, "invalid", "Invalid sync token value.")
        if int(version) < self._since[where]:
            raise Fault(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.")
        ids = dict.fromkeys(self._changes[where][int(version) :])
        return [self._events[where][id] for id in ids if id]

    def _page(self, request: Request, where: str, events: list[dict[str, Any]], rest: str) -> Any:
        most, start = request.number("maxResults", 250, 2500), int(request.word("pageToken") or 0)
        token = {"nextSyncToken": f"{where}:{rest}:{len(self._changes[where])}"}
        more = {"nextPageToken": str(start + most)} if start + most < len(events) else {} if request.word("iCalUID") else token
        zone = self.lists[where].get("timeZone", "UTC")
        return {"kind": "calendar#events", "timeZone": zone, "items": events[start : start + most], **more}

    def _get(self, request: Request, calendar: str, id: str) -> Any:
        request.need(*READ)
        request.only("timeZone", "maxAttendees")
        where = self._calendar(calendar)
        if id not in self._events[where]:
            raise Fault(404, "notFound", "Not Found")
        return self._events[where][id]

    def _insert(self, request: Request, calendar: str) -> Any:
        request.need(*WRITE)
        request.only("sendUpdates", "conferenceDataVersion", "maxAttendees", "supportsAttachments")
        where, body = self._calendar(calendar), request.body
        if not isinstance(body, dict) or set(body) - _WRITABLE or not {"start", "end"} <= set(body):
            raise Fault(400, "badRequest", "Bad Request")
        if self.lists[where]["accessRole"] not in {"owner", "writer"}:
            raise Fault(403, "requiredAccessLevel", "You need to have writer access to this calendar.")
        id = body.get("id") or f"made{len(self._changes[where])}"
        if not re.fullmatch(r"[a-v0-9]{5,1024}", id):
            raise Fault(400, "invalid", "Invalid resource id value.")
        if id in self._events[where]:
            raise Fault(409, "duplicate", "The requested identifier already exists.")
        self.notified.append((id, request.word("sendUpdates", "none")))
        return self.put(id, where, **{key: value for key, value in body.items() if key != "id"})

    def _delete(self, request: Request, calendar: str, id: str) -> Any:
        request.need(*WRITE)
        request.only("sendUpdates")
        where = self._calendar(calendar)
        if id not in self._events[where]:
            raise Fault(404, "notFound", "Not Found")
        if self._events[where][id]["status"] == "cancelled":
            raise Fault(410, "deleted", "Resource has been deleted")
        if request.only_if not in {"", self._events[where][id]["etag"]}:
            raise Fault(412, "conditionNotMet", "Precondition Failed")
        self.drop(id, where)
        self.notified.append((id, request.word("sendUpdates", "none")))

    # --- parts -----------------------------------------------------------------------------------------------------------------

    def _calendar(self, id: str) -> str:
        where = self.email if id == "primary" else id
        if where not in self.lists:
            raise Fault(404, "notFound", "Not Found")
        return where

    def _of_living_series(self, where: str, event: dict[str, Any]) -> bool:
        """Cancelled instances are shown as long as their series is there."""
        master = self._events[where].get(event.get("recurringEventId", ""))
        return master is not None and master["status"] != "cancelled"

    def _uid(self, where: str, event: dict[str, Any]) -> str:
        master = self._events[where].get(event.get("recurringEventId", ""), {})
        return str(event.get("iCalUID") or master.get("iCalUID", ""))


def instance_id(master: str, original: dict[str, str]) -> str:
    when = original.get("date") or original["dateTime"]
    return f"{master}_{re.sub('[^0-9TZ]', '', when)}"


_METHODS: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", "/users/me/calendarList", Calendars._list_calendars),
    ("GET", "/users/me/calendarList/([^/]+)", Calendars._one_calendar),
    ("GET", "/calendars/([^/]+)/events", Calendars._list),
    ("GET", "/calendars/([^/]+)/events/([^/]+)", Calendars._get),
    ("POST", "/calendars/([^/]+)/events", Calendars._insert),
    ("DELETE", "/calendars/([^/]+)/events/([^/]+)", Calendars._delete),
)
