"""`reveille events`: what a calendar holds in a window of time, instance by instance."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

if TYPE_CHECKING:
    from service.domain.items import Attendee, Event

DAYS = 30  # of the window where none is given


@dataclass(frozen=True, slots=True)
class Broken:
    """Something in a file that could not be read; `uid` is "" where it is the file itself."""

    file: str
    uid: str
    what: str


def events(
    files: Annotated[list[Path], typer.Argument(help="iCalendar files", metavar="FILE.ics…", show_default=False)],
    from_: Annotated[str, typer.Option("--from", help="A date (its midnight) or an ISO instant; today by default")] = "",
    to: Annotated[str, typer.Option("--to", help=f"The same, not included; {DAYS} days later by default")] = "",
    zone: Annotated[str, typer.Option(help="IANA time zone; by default that of reveille.yaml, else UTC")] = "",
    json_: Annotated[bool, typer.Option("--json", help="One JSON line an instance, then one an error")] = False,
) -> None:
    """Shows every instance in a window: series expanded, moved and cancelled ones as they are.

    A broken event is reported after the rest, and the exit code is 1 then.
    """
    home = _zone(zone)
    start, end = _window(from_, to, home)
    found, broken = _read(files, start, end, home)
    if json_:
        _print_json(found, broken, home)
    else:
        if found or not broken:
            _print_table(found, home)
        for one in broken:
            print(_plain(f"  {one.file}: {one.uid or 'the file'}: {one.what}"), file=sys.stderr)
    if broken:
        print(f"reveille: {len(broken)} {'thing' if len(broken) == 1 else 'things'} could not be read as meant", file=sys.stderr)
        raise typer.Exit(1)


def _read(files: Sequence[Path], start: datetime, end: datetime, home: ZoneInfo) -> tuple[list[Event], list[Broken]]:
    from service.calendar.reader import InlineCalendarReader

    reader = InlineCalendarReader()
    found: list[Event] = []
    broken: list[Broken] = []
    for path in files:
        name = str(path)
        try:
            data = path.read_bytes()
        except OSError as error:
            broken.append(Broken(name, "", f"it can't be read: {error.strerror or error}"))
            continue
        series, unread = reader.read(data, name, name)
        instances, unexpanded = reader.expand(series, start, end, frozenset(), home.key)
        found += instances
        broken += [Broken(name, p.where.removeprefix(name).removeprefix("#"), p.what) for p in (*unread, *unexpanded)]
    return sorted(found, key=lambda e: (e.start_at, e.id)), broken


def _print_json(found: Iterable[Event], broken: Iterable[Broken], home: tzinfo) -> None:
    for event in found:
        print(json.dumps(_as_json(event, home)))
    for one in broken:
        print(json.dumps({"error": one.what, "uid": one.uid, "where": one.file}))


def _as_json(event: Event, home: tzinfo) -> dict[str, Any]:
    """Times in the reader's zone with their offset; of all-day events dates, the end exclusive as in iCalendar."""
    from service.calendar.entries import NO_UID

    return {
        "uid": "" if event.uid.startswith(NO_UID) else event.uid,
        "id": event.id,
        "start": event.start_date.isoformat() if event.start_date else event.start_at.astimezone(home).isoformat(),
        "end": event.end_date.isoformat() if event.end_date else event.end_at.astimezone(home).isoformat(),
        "all_day": event.all_day,
        "status": event.status,
        "summary": event.title,
        "people": [
            {"name": a.address.name, "email": a.address.email, "reply": a.reply.value, "organizer": a.organizer}
            for a in _people(event)
        ],
        "location": event.location,
    }


def _people(event: Event) -> tuple[Attendee, ...]:
    """Attendees; where the calendar lists none, the organizer alone."""
    from service.domain.items import Attendee

    return event.attendees or ((Attendee(event.organizer, organizer=True),) if event.organizer else ())


def _print_table(found: Sequence[Event], home: tzinfo) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("Day", "Time", "What", "Where", "Who", box=None, pad_edge=False, header_style="bold")
    day = None
    for event in found:
        at = event.start_date or event.start_at.astimezone(home).date()
        people = _people(event)
        who = ", ".join(a.address.label for a in people[:4]) + (" …" if len(people) > 4 else "")
        what = event.title + ("" if event.status == "confirmed" else f" ({event.status})")
        shown = "" if at == day else f"{at:%a %d %b %Y}"
        table.add_row(*(Text(_plain(cell)) for cell in (shown, _hours(event, home), what, event.location, who)))
        day = at
    Console().print(table if found else "Nothing in this time.")


def _hours(event: Event, home: tzinfo) -> str:
    if event.start_date and event.end_date:
        days = (event.end_date - event.start_date).days
        return "all day" if days == 1 else f"{days} days"
    start, end = event.start_at.astimezone(home), event.end_at.astimezone(home)
    later = f" +{(end.date() - start.date()).days}d" if end.date() > start.date() else ""
    return f"{start:%H:%M}–{end:%H:%M}{later}" if end > start else f"{start:%H:%M}"


def _plain(text: str) -> str:
    """Without what a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)


def _zone(named: str) -> ZoneInfo:
    from service.errors import ConfigError
    from service.settings import find, load

    try:
        if named:
            return ZoneInfo(named)
    except (KeyError, ValueError, OSError) as error:
        raise typer.BadParameter(f"{named!r} is no IANA time zone, such as Europe/Zurich", param_hint="--zone") from error
    config = find()
    try:
        return load(config).person.zone if config else ZoneInfo("UTC")
    except ConfigError:
        print(f"reveille: {config} has errors (see `reveille doctor`): times are shown in UTC", file=sys.stderr)
        return ZoneInfo("UTC")


def _window(from_: str, to: str, home: tzinfo) -> tuple[datetime, datetime]:
    today = datetime.now(home).date()
    start = _instant(from_, home, "--from") if from_ else _midnight(today, home)
    try:
        end = _instant(to, home, "--to") if to else start + timedelta(days=DAYS)
    except OverflowError:
        end = datetime.max.replace(tzinfo=UTC)
    if end <= start:
        raise typer.BadParameter(f"the window ends ({end.isoformat()}) before it begins ({start.isoformat()})", param_hint="--to")
    return start, end


def _instant(text: str, home: tzinfo, option: str) -> datetime:
    try:
        if len(text) in {8, 10} and "T" not in text.upper():
            return _midnight(date.fromisoformat(text), home)
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=home)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        hint = "a date such as 2026-05-12, or an instant such as 2026-05-12T09:00+02:00"
        raise typer.BadParameter(f"{text!r} is not {hint}", param_hint=option) from error


def _midnight(day: date, home: tzinfo) -> datetime:
    return datetime.combine(day, time(0), home).astimezone(UTC)
