"""Groups of events to series, through the reader that may be killed, many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.domain.items import Series
from service.domain.sync import Change, Problem, Upsert
from service.integrations.files.progress import Progress
from service.integrations.google_calendar.chosen import Calendar
from service.integrations.google_calendar.groups import Group
from service.ports import Surroundings

AT_ONCE = 200
Waiting = tuple[str, Group]
"""A ref and what is to be read under it."""


class Reader:
    """What could not be read, or not all of it, stays in `progress` until it changes: it is said at every sync."""

    def __init__(self, at: Surroundings, progress: Progress) -> None:
        self._at, self._progress = at, progress

    def still(self) -> Iterator[Problem]:
        for ref in self._progress.refs_aside():
            yield from self._progress.still(ref)

    def read(self, calendar: Calendar, waiting: Sequence[Waiting]) -> Iterator[Change | Problem]:
        for some in _portions(waiting):
            yield from self._portion(calendar, some)

    def _portion(self, calendar: Calendar, waiting: dict[str, Waiting]) -> Iterator[Change | Problem]:
        """By UID, each of which is there once."""
        lines: list[str] = []
        wrong: dict[str, str] = {}
        for uid, (_, group) in waiting.items():
            try:
                lines += group.lines()
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
                wrong[uid] = "nobody can tell when it is"
        data = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Reveille//EN", *lines, "END:VCALENDAR", ""])
        series, problems = self._at.read_calendar.read(data.encode("utf-8", "replace"), self._at.account, calendar.id)
        found: dict[str, Series] = {one.uid: one for one in series}
        for problem in problems:
            wrong.setdefault(problem.where.removeprefix(f"{calendar.id}#"), problem.what)
        for uid, (ref, group) in waiting.items():
            self._progress.forget(ref)
            if uid in found:
                yield Upsert(found[uid], ref, group.stamp)
            if uid in wrong or uid not in found:
                what = f"“{group.title}”: {wrong.get(uid, 'it can not be read')}"
                self._progress.set_aside(ref, group.stamp, what)
                yield Problem(ref, what)


def _portions(waiting: Sequence[Waiting]) -> Iterator[dict[str, Waiting]]:
    some: dict[str, Waiting] = {}
    for one in waiting:
        if len(some) == AT_ONCE or one[1].uid in some:
            yield some
            some = {}
        some[one[1].uid] = one
    if some:
        yield some
