"""Calendars as a source, by the instances that Exchange itself makes of them.

A calendar's delta speaks in instances: occurrences at the times where Exchange has them, exceptions with when they were meant to be, each with an id of its
own that it is removed by. They are kept so (`Event`), not as series to be expanded here: a series' rule would have to be translated to RFC 5545 from
Exchange's own form and Windows' time zones, and what was moved or cancelled be found out by asking for it. An event's id is its series' UID and its original
start, as everywhere, so that a moved instance stays the same one. Times are asked for in UTC; the zone that an event was written in is said beside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from service.domain.sync import Page, Problem
from service.errors import ExternalError
from service.http import Pace
from service.integrations.files.settings import digest
from service.integrations.outlook_calendar.blocks import Phase, around
from service.integrations.outlook_calendar.reading import MISSING, Reading
from service.integrations.outlook_calendar.state import State, read
from service.ports import Check, Surroundings

if TYPE_CHECKING:
    from service.integrations.outlook_calendar import Settings

FORMAT = "1"
"""Part of every stamp: raised when events are read differently than before, so that all are kept once more."""
NEEDS = "Calendars.Read"


class OutlookCalendar:
    def __init__(self, settings: Settings, at: Surroundings, pace: Pace | None = None) -> None:
        """Raises AccessLost where nobody has signed in. `pace`: in place of what Microsoft allows."""
        self._settings, self._at = settings, at
        self._prefix = digest(FORMAT, at.person.timezone, *sorted(at.person.emails))[:6]
        self._graph = settings.graph(at, NEEDS, pace or Pace(2, burst=1500))
        self._fingerprint = digest(self._prefix, self._graph.owner, *settings.calendars)[:10]

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        """The nearest quarter first; Graph promises no order within. Raises Unavailable, AccessLost, Rejected."""
        known = read(cursor, self._fingerprint)
        state = known or State(self._fingerprint)
        problems = self._find_calendars(state)
        anew = known is None and bool(held)
        state.cover(around(self._at.clock()), self._graph.owner, Phase.COMPARE if anew else Phase.WALK)
        yield from Reading(self._graph, self._at, state, held, self._prefix).pages(problems, anew=anew)

    def check(self) -> Check:
        try:
            names = [name for name, _ in self._listed()]
        except ExternalError as error:
            says, _, fix = str(error).rpartition(": ")
            return Check(ok=False, says=says or fix, fix=fix)
        if missing := [name for name in self._settings.calendars if name not in names]:
            return Check(ok=False, says=f"there is no calendar {', '.join(missing)}", fix=f"name one of {', '.join(names)}")
        return Check(
            ok=True,
            says=f"{self._settings.default_name()} at {self._graph.host}: {', '.join(self._settings.calendars or names[:1])}",
        )

    def close(self) -> None:
        """Or leave it to the end of the process: it holds idle connections only."""
        self._graph.close()

    def _find_calendars(self, state: State) -> list[Problem]:
        """Names to ids, once. Those that are not there are named at every sync."""
        wanted = self._settings.calendars
        if not wanted:
            state.calendars = {"": ""}
            return []
        if not all(name in state.calendars for name in wanted):
            state.calendars = {name: id for name, id in self._listed() if name in wanted}
        return [Problem(name, MISSING) for name in wanted if name not in state.calendars]

    def _listed(self) -> list[tuple[str, str]]:
        """The account's own first."""
        found, said = (
            list[tuple[bool, str, str]](),
            self._graph.get("/calendars", {"$select": "name,isDefaultCalendar", "$top": 100}),
        )
        while True:
            some = [one for one in said.get("value") or () if isinstance(one, dict) and "id" in one]
            found += [(not one.get("isDefaultCalendar"), str(one.get("name") or ""), str(one["id"])) for one in some]
            if not (following := said.get("@odata.nextLink")):
                return [(name, id) for _, name, id in sorted(found)]
            said = self._graph.follow(self._graph.link(following))
