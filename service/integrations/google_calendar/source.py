"""Calendars as a source: one item a series or single event, as iCalendar text that `service.calendar` reads.

Series and not their instances (`singleEvents=false`), because what is stored is expanded for a window that moves on with the months:
a sync token tells of a changed rule once, where it would tell of a year of instances; a meeting without an end has no last instance to
read; and zones, exceptions, answers and links are read by the same code as those of any other calendar. Google keeps an instance that
differs as an event of its own, with `recurringEventId` and `originalStartTime`: it becomes a component with RECURRENCE-ID. As a change
names the changed instance alone, its whole family is asked for by their common UID, some fifty families in one request.

A ref is the calendar's id and the event's (the series' for an instance), for of a deleted event Google tells nothing but the id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from service.domain.sync import Change, Delete, Page, Problem
from service.errors import ExternalError, Rejected
from service.http import Refused
from service.integrations.files.letters import Marker
from service.integrations.files.pages import paged
from service.integrations.files.place import many, sound, unsound
from service.integrations.files.progress import Progress
from service.integrations.google_calendar.api import Calendars
from service.integrations.google_calendar.chosen import Calendar, choose
from service.integrations.google_calendar.groups import Event, Group, belongs_to, grouped, meetings, newest_first, recurs
from service.integrations.google_calendar.reading import Reader
from service.ports import Check, Surroundings

if TYPE_CHECKING:
    from service.integrations.google_calendar import Settings

Found = Change | Problem | Marker
_EXPIRED = frozenset({400, 410})
_GONE = 404


class GoogleCalendar:
    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._settings, self._at = settings, at
        self._calendars = Calendars(settings, at)

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        progress = Progress(cursor, self._fingerprint())
        return paged(self._found(progress, held), progress)

    def check(self) -> Check:
        try:
            chosen = choose(self._calendars.entries(), self._settings.calendars)
        except ExternalError as error:
            return unsound(error)
        names = ", ".join(one.name for one in reversed(chosen))
        return sound(
            f"Google Calendar of {self._calendars.login.who or self._settings.login}: {many(len(chosen), 'calendar')} ({names})"
        )

    def _fingerprint(self) -> str:
        said = (self._calendars.login.who, self._settings.calendars)
        return hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()

    def _found(self, progress: Progress, held: Mapping[str, str]) -> Iterator[Change | Problem]:
        """Markers are done once everything before them is handed on."""
        for one in _Reading(self._calendars, self._settings, Reader(self._at, progress), progress, held).found():
            if isinstance(one, partial):
                one()
            else:
                yield one  # type: ignore[misc]


class _Reading:
    """One sync. `progress.table` holds a sync token a calendar; one without is read whole, and compared with what is held of it."""

    def __init__(
        self, calendars: Calendars, settings: Settings, reader: Reader, progress: Progress, held: Mapping[str, str]
    ) -> None:
        self._calendars, self._settings, self._reader = calendars, settings, reader
        self._progress, self._held, self._tokens = progress, held, progress.table

    def found(self) -> Iterator[Found]:
        chosen = choose(self._calendars.entries(), self._settings.calendars)
        known = {one.id: str(self._tokens[one.id]) for one in chosen if one.id in self._tokens}
        if not known or set(self._tokens) - set(known):
            yield from self._let_go({one.id for one in chosen})
        yield from self._reader.still()
        answers = dict(self._calendars.changes(known))
        for calendar in chosen:
            answer = answers.get(calendar.id)
            if isinstance(answer, Refused) and answer.status == _GONE:
                yield from self._let_go({one.id for one in chosen} - {calendar.id})
            elif isinstance(answer, Rejected) and not (isinstance(answer, Refused) and answer.status in _EXPIRED):
                raise answer
            elif answer is None or isinstance(answer, Rejected):
                yield from self._whole(calendar)
            else:
                yield from self._changed(calendar, known[calendar.id], answer)

    def _let_go(self, keep: set[str]) -> Iterator[Found]:
        """What is held of calendars that are not read any more."""
        for ref in self._held:
            if ref.rpartition("#")[0] not in keep:
                self._progress.forget(ref)
                yield Delete(ref)
        for id in set(self._tokens) - keep:
            yield partial(self._tokens.pop, id, None)

    def _whole(self, calendar: Calendar) -> Iterator[Found]:
        """Single events page by page, series once all their instances have come by."""
        token, there, later = "", set[str](), list[Event]()
        for page in self._calendars.whole(calendar.id):
            events = [e for e in meetings(page.get("items", ())) if recurs(e) or e.get("status") != "cancelled"]
            later += (e for e in events if recurs(e))
            single = [Group(str(e["id"]), [e]) for e in newest_first(e for e in events if not recurs(e))]
            yield from self._new(calendar, single, there)
            token = str(page.get("nextSyncToken") or "")
        yield from self._new(calendar, (g for g in grouped(later).values() if g.lives), there)
        yield from (Delete(ref) for ref in self._held if ref.rpartition("#")[0] == calendar.id and ref not in there)
        if token:
            yield partial(self._tokens.__setitem__, calendar.id, token)

    def _new(self, calendar: Calendar, groups: Iterable[Group], there: set[str]) -> Iterator[Found]:
        changed = []
        for group in groups:
            ref = _ref(calendar, group.id)
            there.add(ref)
            if self._held.get(ref) != group.stamp and not self._progress.is_aside(ref, group.stamp):
                changed.append((ref, group))
        return self._reader.read(calendar, changed)

    def _changed(self, calendar: Calendar, token: str, first: Mapping[str, object]) -> Iterator[Found]:
        gone, single, families = dict[str, None](), dict[str, Group](), dict[str, str]()
        for page in self._calendars.more(calendar.id, token, first):
            for event in meetings(page.get("items", ())):
                id = belongs_to(event)
                if event.get("status") == "cancelled" and not event.get("recurringEventId"):
                    gone[id] = None
                elif recurs(event):
                    families[id] = families.get(id) or str(event.get("iCalUID") or "")
                else:
                    single[id] = Group(id, [event])
            token = str(page.get("nextSyncToken") or token)
        yield from (self._gone(calendar, id) for id in gone)
        yield from self._reader.read(calendar, [(_ref(calendar, id), g) for id, g in single.items() if id not in families])
        yield from self._families(calendar, {id: uid for id, uid in families.items() if id not in gone})
        yield partial(self._tokens.__setitem__, calendar.id, token)

    def _families(self, calendar: Calendar, uids: dict[str, str]) -> Iterator[Found]:
        """A cancelled instance may come without its UID: then its series knows it."""
        uids |= dict(self._calendars.masters(calendar.id, [id for id, uid in uids.items() if not uid]))
        found = grouped(meetings(self._calendars.families(calendar.id, dict.fromkeys(filter(None, uids.values())))))
        living = {id: found[id] for id in uids if id in found and found[id].lives}
        yield from self._reader.read(calendar, [(_ref(calendar, id), group) for id, group in living.items()])
        yield from (self._gone(calendar, id) for id in uids if id not in living)

    def _gone(self, calendar: Calendar, id: str) -> Delete:
        ref = _ref(calendar, id)
        self._progress.forget(ref)
        return Delete(ref)


def _ref(calendar: Calendar, id: str) -> str:
    return f"{calendar.id}#{id}"
