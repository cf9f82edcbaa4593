"""Calendars by the API: what is asked, each with no more fields than are used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from service.http import Refused
from service.integrations.google.api import Api, Got
from service.integrations.google.login import Login
from service.ports import Surroundings

if TYPE_CHECKING:
    from service.integrations.google_calendar import Settings

MOST = 2500  # events of one list, the most there are
_WHO = "(email,displayName)"
_EVENT = (
    "id,etag,status,htmlLink,updated,summary,description,location,start,end,recurrence,recurringEventId,originalStartTime,"
    f"transparency,visibility,iCalUID,sequence,creator{_WHO},organizer{_WHO},hangoutLink,eventType,"
    "attendees(email,displayName,resource,optional,responseStatus),conferenceData/entryPoints(entryPointType,uri)"
)
_FIELDS = f"nextPageToken,nextSyncToken,items({_EVENT})"
_CALENDAR = "nextPageToken,items(id,summary,summaryOverride,timeZone,accessRole,selected,primary,deleted)"


class Calendars:
    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self.login = Login(settings.login, at.credentials, at.clock)
        self.api = Api("calendar", "v3", settings.endpoint, self.login, settings.login, at.clock)
        self.events = self.api.service.events()

    def entries(self) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        page: str | None = None
        while True:
            request = self.api.service.calendarList().list(maxResults=250, pageToken=page, fields=_CALENDAR)
            said = self.api.call(request) or {}
            found += said.get("items", ())
            page = said.get("nextPageToken")
            if not page:
                return found

    def whole(self, calendar: str) -> Iterator[Mapping[str, Any]]:
        """Pages of all that is there, in whatever order; the last one has the sync token."""
        return self._pages(calendar, {})

    def changes(self, tokens: Mapping[str, str]) -> Iterator[tuple[str, Got]]:
        """By calendar the first page of what changed since its token, all in as few requests as can be."""
        return self.api.each({id: self._list(id, syncToken=token) for id, token in tokens.items()})

    def more(self, calendar: str, token: str, first: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """The first page of changes and those after it."""
        return self._pages(calendar, {"syncToken": token}, first)

    def families(self, calendar: str, uids: Iterable[str]) -> Iterator[Mapping[str, Any]]:
        """All events with one of these UIDs: series with the instances that differ, cancelled ones too."""
        for uid, got in self.api.each({uid: self._list(calendar, iCalUID=uid) for uid in uids}):
            if isinstance(got, Exception):
                raise got
            yield from got.get("items", ())
            for page in self._pages(calendar, {"iCalUID": uid}, got):
                yield from page.get("items", ()) if page is not got else ()

    def masters(self, calendar: str, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
        """UIDs by ids of series; "" where a series is not there (any more)."""
        requests = {id: self.events.get(calendarId=calendar, eventId=id, fields="id,iCalUID,status") for id in ids}
        for id, got in self.api.each(requests):
            if isinstance(got, Refused) and got.status in {404, 410}:
                yield id, ""
            elif isinstance(got, Exception):
                raise got
            else:
                yield id, str(got.get("iCalUID", ""))

    def _list(self, calendar: str, **what: str | None) -> Any:
        return self.events.list(calendarId=calendar, maxResults=MOST, fields=_FIELDS, **what)

    def _pages(
        self, calendar: str, what: Mapping[str, str], first: Mapping[str, Any] | None = None
    ) -> Iterator[Mapping[str, Any]]:
        said = first if first is not None else self.api.call(self._list(calendar, **what)) or {}
        yield said
        while page := said.get("nextPageToken"):
            said = self.api.call(self._list(calendar, pageToken=page, **what)) or {}
            yield said
