"""`reveille run`: the whole service on this machine, until Ctrl-C."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.edge import FAILED

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

    stopped = _until_stopped()
    file = None if sample else find()
    if file is None:
        file = _sample()
    server = load_server(file)
    configure(level=server.log_level if server.log_level != "info" else "warning", as_json=server.log_json)
    with only_one(server.data):
        house = open_house(server)
        service = Service(house)
        service.recover()
        service.start()
        try:
            if once or not find() or sample:
                _first_briefing(house)
            if not once:
                _say_what_comes(house)
                service.follow(stopped, print)
        finally:
            service.stop()
            service.close()
            print("Stopped. What was under way is finished; the rest waits in the ledger.", flush=True)


def _sample() -> Path:
    from datetime import UTC, datetime

    from service.sample import write

    file = write(SAMPLE, datetime.now(UTC))
    print(f"No reveille.yaml here: opening the sample workspace in {file.parent}. `reveille init` makes your own.\n", flush=True)
    return file


def _first_briefing(house: House) -> None:
    """Today's, through the ledger like any other: printed, and delivered to its channels."""
    cadence = next((c for c in house.cadences.values() if c.job == "morning"), None)
    if cadence is None:
        return
    id = house.planner.ask(cadence, house.clock())
    house.runner.run(id)
    ended = house.store.ledger.get(id)
    notices = house.store.deliveries.notices(id)
    if not notices:
        print(f"No briefing: {ended.reason if ended else 'it is still under way'}")
        raise typer.Exit(FAILED)
    print(notices[0].text)
    print()
    for delivery in house.store.deliveries.of(id):
        print(f"{delivery.channel}: {delivery.state.value} {delivery.receipt or delivery.error}")
    print(flush=True)


def _say_what_comes(house: House) -> None:
    now = house.clock()
    print(f"Reveille is running for {house.config.person.name}. Ctrl-C stops it.")
    for name, due_at in house.planner.upcoming(house.config.person, house.cadences.values(), now):
        if due_at - now > timedelta(minutes=10):
            print(f"  next {name}: {due_at.astimezone(house.config.person.zone):%a %d %b %H:%M}")
    print(flush=True)


def _until_stopped() -> Event:
    """Set by Ctrl-C or SIGTERM; a second Ctrl-C ends at once."""
    stopped = Event()

    def stop(*_: object) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    return stopped
