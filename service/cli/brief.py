"""`reveille brief`: a briefing as of any moment, from what the sources hold."""

from __future__ import annotations

import json as jsons
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.attending import seen_through, told
from service.cli.edge import FAILED, failed, wrong_usage
from service.cli.opening import opened

if TYPE_CHECKING:
    from service.bootstrap import House
    from service.domain.delivery import Draft, Nothing
    from service.domain.items import Event
    from service.domain.ledger import Cadence

READ_FOR = timedelta(minutes=10)
EARLIEST, LATEST = 1971, 2200  # years: outside of them calendars and zones say nothing that holds


class Kind(StrEnum):
    MORNING = "morning"
    MEETING = "meeting"


class Format(StrEnum):
    TEXT = "text"
    HTML = "html"
    SPEECH = "speech"
    JSON = "json"


def brief(
    kind: Annotated[Kind, typer.Argument(help="Which briefing.")] = Kind.MORNING,
    event: Annotated[
        str, typer.Option(help="For a meeting brief: the event's id, its uid, or words of its title. Default: the next one.")
    ] = "",
    at: Annotated[
        str, typer.Option(help="As of this moment: 2026-05-12T07:00, in your zone, or with an offset. Default: now.")
    ] = "",
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format.TEXT,
    send: Annotated[
        bool, typer.Option("--send", help="Also deliver it to the cadence's channels, recorded in the ledger.")
    ] = False,
) -> None:
    """Make a briefing now, or as of any moment, from what your sources hold.

    Reads the sources first. Prints to standard output; nothing is sent without --send.

    Examples: [bold]reveille brief[/] · [bold]reveille brief morning --format json --at 2026-05-12T07:00[/] ·
    [bold]reveille brief meeting --event "Atlas round"[/]
    """
    with opened() as house:
        moment = _moment(at, house)
        if send and at:
            wrong_usage("--send delivers what is true now; leave out --at.")
        house.sync.ensure_fresh(READ_FOR, max_age=timedelta())
        subject = ""
        if kind == Kind.MEETING:
            meeting = _event(house, event, moment)
            subject = meeting.id
            if not at and not send and meeting.end_at <= moment:  # of one that is over, what was to be known before it
                moment = meeting.start_at
        if send:
            _send(house, kind, subject)
        else:
            _print(_prepared(house, kind, subject, moment), format)


def _prepared(house: House, kind: Kind, subject: str, moment: datetime) -> Draft | Nothing:
    from dataclasses import replace

    from jobs import JOBS
    from service.domain.ledger import Occurrence
    from service.ports import Occasion

    cadence = replace(_cadence(house, kind), options=())  # nothing is heard here: no audio is made
    slot = "brief" if kind == Kind.MEETING else f"asked:{moment:%Y-%m-%dT%H:%M:%SZ}"
    asked = Occurrence(
        id="asked",
        person=cadence.person,
        cadence=cadence.name,
        job=cadence.job,
        slot=slot,
        subject=subject,
        prepare_at=moment,
        due_at=moment,
        useful_until=moment + timedelta(hours=4),
    )
    services = replace(house.services, scripts=True)
    return JOBS[cadence.job].prepare(services, house.config.person, Occasion(cadence, asked), moment)


def _print(draft: Draft | Nothing, format: Format) -> None:
    from service.domain.delivery import Audience, Nothing

    if isinstance(draft, Nothing):
        print(jsons.dumps({"nothing": draft.reason}) if format == Format.JSON else draft.reason)
        return
    mine = [notice for notice in draft.notices if notice.audience == Audience.PERSON] or list(draft.notices)
    notice = mine[0]
    if format == Format.TEXT:
        print(notice.text)
    elif format == Format.HTML:
        print(notice.html)
    else:
        print(next(file.data for file in notice.files if file.role == format.value).decode())


def _send(house: House, kind: Kind, subject: str) -> None:
    from service.domain.ledger import Outcome

    slot = f"brief:{house.clock():%Y-%m-%dT%H:%M:%S.%f}" if kind == Kind.MEETING else ""
    id = house.planner.ask(_cadence(house, kind), house.clock(), subject, slot=slot and f"manual:{slot}")
    row = seen_through(house, id)
    for line in told(house, row):
        print(line)
    if row.outcome != Outcome.SENT:
        raise typer.Exit(FAILED)


def _cadence(house: House, kind: Kind) -> Cadence:
    from dataclasses import replace

    from service.domain.delivery import Audience
    from service.domain.ledger import BeforeEvents, Cadence, WallTimes

    configured = next((c for c in house.cadences.values() if c.job == kind.value), None)
    if configured is None:
        timing = BeforeEvents() if kind == Kind.MEETING else WallTimes(())
        quiet = tuple(name for name, channel in house.channels.items() if not channel.interrupts)
        configured = Cadence(house.config.person.id, f"{kind.value}", kind.value, timing, quiet)
    mine = tuple(n for n in configured.to if n in house.channels and house.channels[n].audience == Audience.PERSON)
    return configured if mine else replace(configured, to=configured.to)


def _event(house: House, wanted: str, moment: datetime) -> Event:
    events = [e for e in house.items.events(moment - timedelta(days=1), moment + timedelta(days=60)) if e.status != "cancelled"]
    if wanted:
        words = wanted.casefold()
        known = house.items.event(wanted)
        found = [known] if known else [e for e in events if wanted in (e.id, e.uid) or words in e.title.casefold()]
        found = [e for e in found if e.end_at > moment] or found
    else:
        found = [e for e in events if e.start_at > moment and not e.all_day and len(e.attendees) > 1]
    if not found:
        failed(f"no meeting {'like ' + repr(wanted) if wanted else 'ahead'} in the calendar.")
    return min(found, key=lambda e: e.start_at)


def _moment(at: str, house: House) -> datetime:
    """An instant as typed: without an offset, it is the person's wall time."""
    example = "Write it like 2026-05-12T07:00 or 2026-05-12T07:00+02:00."
    if not at:
        return house.clock()
    try:
        typed = datetime.fromisoformat(at)
    except ValueError:
        wrong_usage(f"--at {at!r} is not a time. {example}")
    if not EARLIEST <= typed.year <= LATEST:
        wrong_usage(f"--at {at!r} is not within the years {EARLIEST} to {LATEST}. {example}")
    return (typed if typed.tzinfo else typed.replace(tzinfo=house.config.person.zone)).astimezone(UTC)
