"""`reveille run`: the whole service on this machine, until Ctrl-C."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli import progress
from service.cli.attending import seen_through, told
from service.cli.edge import FAILED
from service.cli.signals import until_stopped

if TYPE_CHECKING:
    from service.bootstrap import House

SAMPLE = Path(".reveille") / "sample"


def run(
    once: Annotated[bool, typer.Option("--once", help="Make the first briefing, then stop.")] = False,
    sample: Annotated[bool, typer.Option("--sample", help="The sample workspace, even where a reveille.yaml is.")] = False,
) -> None:
    """Start the service: reads your sources on their cadence and delivers what matters. Ctrl-C stops it cleanly.

    Without a reveille.yaml here it opens a sample workspace (a fictional person's day) and makes today's briefing at once.
    """
    from service.bootstrap import open_house
    from service.embedded import Service, only_one
    from service.logs import configure
    from service.settings import find
    from service.settings.server import load_server
    from service.store import acting_as

    stopped = until_stopped()
    file = None if sample else find()
    shown = once or file is None
    server = load_server(file or _sample())
    configure(level=server.log_level if server.log_level != "info" else "warning", as_json=server.log_json)
    well = True
    with only_one(server.data), progress.shown() as watching:
        service = Service(open_house(server), listens=not once)
        service.house.progress = watching
        try:
            service.recover()
            service.start()
            if shown and not stopped.is_set():
                with acting_as(service.house.config.person.id):
                    well = _first_briefing(service.house)
            if not once:
                with acting_as(service.house.config.person.id):
                    _say_what_comes(service.house)
                service.follow(stopped, _say)
        finally:
            service.stop()
            service.close()
        _say("Stopped. What was under way is finished; the rest waits in the ledger.")
    if once and not well:
        raise typer.Exit(FAILED)


def _sample() -> Path:
    from datetime import UTC, datetime

    from service.sample import write

    file = write(SAMPLE, datetime.now(UTC))
    print(f"No reveille.yaml here: opening the sample workspace in {file.parent}. `reveille init` makes your own.\n", flush=True)
    return file


def _first_briefing(house: House) -> bool:
    """Today's, through the ledger like any other: printed, and delivered to its channels. Whether it was sent."""
    from service.domain.ledger import Outcome

    cadence = next((c for c in house.cadences.values() if c.job == "morning"), None)
    if cadence is None:
        _say(f"{house.config.file.name} has no morning cadence, so there is no briefing to begin with.")
        return False
    row = seen_through(house, house.planner.ask(cadence, house.clock()))
    for notice in house.store.deliveries.notices(row.id)[:1]:
        print(notice.text)
        print()
    for line in told(house, row):
        print(line)
    print(flush=True)
    return row.outcome == Outcome.SENT


def _say_what_comes(house: House) -> None:
    now = house.clock()
    print(f"Reveille is running for {house.config.person.name}. Ctrl-C stops it.")
    for name, due_at in house.planner.upcoming(house.config.person, house.cadences.values(), now):
        if due_at - now > timedelta(minutes=10):
            print(f"  next {name}: {due_at.astimezone(house.config.person.zone):%a %d %b %H:%M}")
    print(flush=True)


def _say(words: str) -> None:
    print(words, flush=True)
