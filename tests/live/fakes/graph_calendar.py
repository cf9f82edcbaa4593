"""The fake Graph's calendars: https://learn.microsoft.com/graph/api/resources/event, …/event-delta, …/event-list-instances.

In a delta, an occurrence that is like its series says no more than when it is and what its series is
(https://github.com/microsoftgraph/microsoft-graph-docs/issues/7632); its series and exceptions are told of whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.live.fakes.graph_delta import Links, Log, Query
from tests.live.fakes.graph_parts import GONE, NOT_FOUND, Call, wrong
from tests.live.fakes.serving import Said

READ, WRITE = "Calendars.Read", "Calendars.ReadWrite"
CALENDAR_FIELDS = frozenset({"id", "name", "color", "isDefaultCalendar", "canEdit", "owner", "changeKey"})
EVENT_FIELDS = frozenset(
    [
        "id",
        "createdDateTime",
        "lastModifiedDateTime",
        "changeKey",
        "categories",
        "originalStartTimeZone",
        "originalEndTimeZone",
        "iCalUId",
        "reminderMinutesBeforeStart",
        "isReminderOn",
        "hasAttachments",
        "subject",
        "bodyPreview",
        "importance",
        "sensitivity",
        "isAllDay",
        "isCancelled",
        "isOrganizer",
        "responseRequested",
        "seriesMasterId",
        "showAs",
        "type",
        "webLink",
        "onlineMeetingUrl",
        "isOnlineMeeting",
        "onlineMeetingProvider",
        "allowNewTimeProposals",
        "responseStatus",
        "body",
        "start",
        "end",
        "location",
        "locations",
        "recurrence",
        "attendees",
        "organizer",
        "onlineMeeting",
        "originalStart",
        "transactionId",
        "isDraft",
        "hideAttendees",
        "uid",
    ]
)
SETTABLE = frozenset(
    [
        "subject",
        "body",
        "start",
        "end",
        "location",
        "attendees",
        "isAllDay",
        "showAs",
        "sensitivity",
        "isOnlineMeeting",
        "onlineMeetingProvider",
        "recurrence",
        "categories",
        "reminderMinutesBeforeStart",
        "isReminderOn",
        "importance",
        "transactionId",
    ]
)
MINIMAL = frozenset({"id", "type", "seriesMasterId", "start", "end"})


@dataclass(slots=True)
class Entry:
    """`said` is whatever else of an event's properties it has."""

    id: str
    start: datetime
    end: datetime
    type: str = "singleInstance"
    master: str = ""
    original: datetime | None = None
    calendar: str = "cal-1"
    said: dict[str, Any] = field(default_factory=dict)

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return self.start < end and self.end > start


class Calendars:
    def __init__(self, links: Links, address: str) -> None:
        self._links, self._address = links, address
        self.entries: dict[str, Entry] = {}
        self.names = {"cal-1": "Calendar", "cal-2": "Team"}
        self.logs = {id: Log() for id in self.names}
        self._made = 0

    # --- what a test does to it --------------------------------------------------------------------------------------------

    def add(self, subject: str, start: datetime, minutes: int = 30, *, calendar: str = "cal-1", **said: Any) -> Entry:
        entry = Entry(self._id(), start, start + timedelta(minutes=minutes), calendar=calendar, said={"subject": subject, **said})
        entry.said.setdefault("iCalUId", f"0400000082{self._made:06X}")
        self.entries[entry.id] = entry
        self.logs[calendar].note(entry.id)
        return entry

    def add_series(self, subject: str, starts: Sequence[datetime], minutes: int = 30, **said: Any) -> tuple[Entry, list[Entry]]:
        master = self.add(subject, starts[0], minutes, **said)
        master.type = "seriesMaster"
        occurrences = []
        for start in starts:
            end = start + timedelta(minutes=minutes)
            one = Entry(self._id(), start, end, "occurrence", master.id, start, master.calendar)
            self.entries[one.id] = one
            self.logs[master.calendar].note(one.id)
            occurrences.append(one)
        return master, occurrences

    def change(self, id: str, *, start: datetime | None = None, **said: Any) -> None:
        """An occurrence that is changed by itself is an exception from then on; a series' change is told of as the series' alone."""
        entry = self.entries[id]
        self.logs[entry.calendar].note(id, (entry.start, entry.end))
        if start is not None:
            entry.end, entry.start = start + (entry.end - entry.start), start
        entry.said |= said
        if entry.type == "occurrence":
            entry.type = "exception"

    def remove(self, id: str) -> None:
        for one in [e for e in self.entries.values() if id in {e.id, e.master}]:
            self.logs[one.calendar].note(one.id, (one.start, one.end))
            del self.entries[one.id]

    # --- what it answers ---------------------------------------------------------------------------------------------------

    def answer(self, call: Call) -> Said:
        call.needs(WRITE) if call.method != "GET" else call.needs(READ, WRITE)
        match call.method, call.segments:
            case "GET", ["calendars"]:
                call.takes("$select", "$top", "$skip")
                fields = call.select(CALENDAR_FIELDS)
                shown = [{"id": id, "name": name, "isDefaultCalendar": id == "cal-1"} for id, name in self.names.items()]
                return Said(200, {"value": [{k: v for k, v in one.items() if k in fields} for one in shown]})
            case "GET", ["calendarView", "delta"]:
                return self._delta(call, "cal-1")
            case "GET", ["calendars", id, "calendarView", "delta"] if id in self.names:
                return self._delta(call, id)
            case "GET", ["calendars", *_]:
                raise NOT_FOUND
            case "GET", ["events", id, "instances"]:
                return self._instances(call, self._entry(id))
            case "GET", ["events", id]:
                call.takes("$select")
                return Said(200, self._shown(self._entry(id), call.prefer, call.select(EVENT_FIELDS)))
            case "POST", ["events"]:
                return self._made_by(call)
            case "DELETE", ["events", id]:
                self.remove(self._entry(id).id)
                return Said(204)
        raise wrong("BadRequest", "Resource not found for the segment.")

    def _delta(self, call: Call, calendar: str) -> Said:
        size, path = call.size(10), f"{call.who}{call.path}"
        if call.token():
            call.takes("$deltatoken", "$skiptoken")
            found = self._links.following(call.token(), path, size)
            if found is None:
                raise GONE if self._links.gone(call.token()) else wrong("ErrorInvalidRequest", "Badly formed token.")
            return Said(200, found)
        call.takes("startDateTime", "endDateTime")
        start, end = self._window(call)

        def shows(entry: Entry) -> bool:
            if entry.type == "seriesMaster":
                return any(one.master == entry.id and one.overlaps(start, end) for one in self.entries.values())
            return entry.overlaps(start, end)

        def show(id: str, _: Any) -> dict[str, Any] | None:
            entry = self.entries.get(id)
            if entry is None or not shows(entry):
                return None
            return self._shown(entry, call.prefer, MINIMAL if entry.type == "occurrence" else EVENT_FIELDS)

        def was(before: Any) -> bool:
            return bool(before) and before[0] < end and before[1] > start

        query = Query(path, self.logs[calendar], show, was)
        inside = [e for e in self.entries.values() if e.calendar == calendar and shows(e)]
        return Said(200, self._links.first(query, [e.id for e in inside], size))

    def _instances(self, call: Call, master: Entry) -> Said:
        call.takes("startDateTime", "endDateTime", "$select", "$top", "$skip")
        if master.type != "seriesMaster":
            raise wrong("ErrorInvalidRequest", "The event is no series.")
        start, end = self._window(call)
        found = [e for e in self.entries.values() if e.master == master.id and e.overlaps(start, end)]
        size, skip = call.size(10), int(call.query.get("$skip", 0))
        said: dict[str, Any] = {
            "value": [self._shown(e, call.prefer, call.select(EVENT_FIELDS)) for e in found[skip : skip + size]]
        }
        if len(found) > skip + size:
            asked = "&".join(f"{k}={v}" for k, v in (dict(call.query) | {"$skip": skip + size}).items())
            said["@odata.nextLink"] = f"{self._links._base()}{call.who}{call.path}?{asked}"
        return Said(200, said)

    def _made_by(self, call: Call) -> Said:
        said = call.json
        if strange := said.keys() - SETTABLE:
            raise wrong("ErrorInvalidPropertySet", f"{sorted(strange)} can't be set.")
        same = next((e for e in self.entries.values() if e.said.get("transactionId") == said.get("transactionId", 0)), None)
        if same is None:
            start, end = (_moment(said[edge]) for edge in ("start", "end"))
            more = {k: v for k, v in said.items() if k not in {"start", "end", "subject"}}
            same = self.add(said.get("subject", ""), start, int((end - start) / timedelta(minutes=1)), **more)
        return Said(201, self._shown(same, call.prefer, EVENT_FIELDS))

    @staticmethod
    def _window(call: Call) -> tuple[datetime, datetime]:
        try:
            start, end = (datetime.fromisoformat(call.query[f"{edge}DateTime"]) for edge in ("start", "end"))
        except (KeyError, ValueError):
            raise wrong("ErrorInvalidParameter", "startDateTime and endDateTime are needed.") from None
        return tuple(at if at.tzinfo else at.replace(tzinfo=UTC) for at in (start, end))  # type: ignore[return-value]

    def _entry(self, id: str) -> Entry:
        if id not in self.entries:
            raise NOT_FOUND
        return self.entries[id]

    def _id(self) -> str:
        self._made += 1
        return f"AAkALgEV{self._made:07}_-x="

    def _shown(self, entry: Entry, prefer: Mapping[str, str], fields: frozenset[str]) -> dict[str, Any]:
        master = self.entries.get(entry.master)
        zone = prefer.get("outlook.timezone", "UTC")
        usual = {
            "subject": "",
            "iCalUId": "",
            "isAllDay": False,
            "isCancelled": False,
            "isOrganizer": True,
            "showAs": "busy",
            "sensitivity": "normal",
            "originalStartTimeZone": "W. Europe Standard Time",
            "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
            "organizer": {"emailAddress": {"name": "Mara Keller", "address": self._address}},
            "attendees": [],
            "body": {"contentType": prefer.get("outlook.body-content-type", "html"), "content": ""},
            "lastModifiedDateTime": "2026-05-01T08:00:00.0000000Z",
            "webLink": f"https://outlook.office365.com/owa/?itemid={entry.id}",
        }
        said = usual | (master.said if master else {}) | entry.said
        said |= {"id": entry.id, "type": entry.type, "start": _written(entry.start, zone), "end": _written(entry.end, zone)}
        if master is not None:
            said |= {"seriesMasterId": master.id, "iCalUId": f"{master.said['iCalUId']}-{entry.original:%Y%m%d}"}
            assert entry.original is not None
            said["originalStart"] = entry.original.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {k: v for k, v in said.items() if k in fields} | {"@odata.etag": f'W/"{entry.id}"'}


def _written(at: datetime, zone: str) -> dict[str, str]:
    return {"dateTime": at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": zone}


def _moment(said: Mapping[str, str]) -> datetime:
    if said.keys() != {"dateTime", "timeZone"}:
        raise wrong("ErrorInvalidRequest", "A dateTimeTimeZone has a dateTime and a timeZone.")
    return datetime.fromisoformat(said["dateTime"]).replace(tzinfo=ZoneInfo(said["timeZone"])).astimezone(UTC)
