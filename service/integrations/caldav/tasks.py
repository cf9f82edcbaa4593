"""VTODO components to tasks (RFC 5545 section 3.6.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from service.calendar.properties import Properties
from service.calendar.text import read_lines
from service.calendar.times import Unreadable, read_moment
from service.calendar.zones import Zones
from service.domain.items import Task

_DONE = frozenset({"COMPLETED", "CANCELLED"})
_LONGEST = 20_000  # characters of notes


def read_tasks(data: bytes, account: str, project: str, zone: ZoneInfo) -> tuple[list[Task], list[str]]:
    """One for each UID, and what of them can't be read. Of a recurring one its master, whose DUE programs move on as it is done."""
    masters: dict[str, Properties] = {}
    for said in _todos(read_lines(data)):
        uid = said.text("UID")[:500]
        if uid not in masters or masters[uid].first("RECURRENCE-ID") is not None:
            masters[uid] = said
    tasks, wrong = [], []
    for uid, said in masters.items():
        if not uid:
            wrong.append("a task has no UID")
            continue
        due, fault = _due(said, zone)
        wrong += [fault] if fault else []
        tasks.append(_task(uid, said, account, project, due))
    return tasks, wrong


def _todos(lines: Iterable[str]) -> Iterator[Properties]:
    """Without what lies in them: an alarm has a description and a summary of its own."""
    inside: list[str] | None = None
    depth = 0
    for line in lines:
        mark = line.strip().upper()
        if inside is None:
            inside = [] if mark == "BEGIN:VTODO" else None
        elif mark.startswith("BEGIN:"):
            depth += 1
        elif mark == "END:VTODO":
            yield Properties(inside)
            inside, depth = None, 0
        elif mark.startswith("END:"):
            depth -= 1
        elif depth == 0:
            inside.append(line)


def _task(uid: str, said: Properties, account: str, project: str, due: date | None) -> Task:
    return Task(
        id=f"{account}#{uid}",
        account=account,
        title=" ".join(said.text("SUMMARY").split())[:500],
        due_on=due,
        done=said.text("STATUS").upper() in _DONE
        or said.first("COMPLETED") is not None
        or said.text("PERCENT-COMPLETE") == "100",
        project=project,
        notes=said.text("DESCRIPTION")[:_LONGEST],
        updated_at=_updated(said),
        url=said.text("URL"),
    )


def _due(said: Properties, zone: ZoneInfo) -> tuple[date | None, str]:
    """The local day. A zone that nobody knows is taken as the person's own: it is a day, not an hour, that is meant."""
    due = said.first("DUE")
    if due is None:
        return None, ""
    try:
        moment = read_moment(due, Zones({}, zone))
    except Unreadable as error:
        return None, f"{error}; when it is due is not known"
    return (moment.astimezone(zone).date() if isinstance(moment, datetime) else moment), ""


def _updated(said: Properties) -> datetime | None:
    written = said.first("LAST-MODIFIED") or said.first("DTSTAMP")
    try:
        moment = read_moment(written, Zones({}, UTC)) if written else None
    except Unreadable:
        return None
    return moment if isinstance(moment, datetime) else None
