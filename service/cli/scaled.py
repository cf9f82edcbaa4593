"""`reveille clock`, `reveille worker`, `reveille migrate`, `reveille retry`: the service on many machines."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.edge import FAILED
from service.cli.signals import until_stopped

if TYPE_CHECKING:
    from service.settings.server import Server

Listen = Annotated[str | None, typer.Option("--listen", help="Answer /live, /ready and /metrics at HOST:PORT.")]
TRIED_AGAIN_FOR = timedelta(hours=4)


def clock(listen: Listen = None) -> None:
    """Plan what is due, and ring for it. Any number may run; needs a queue (REVEILLE_QUEUE) that workers share."""
    stopped = until_stopped()  # before the imports, which take a moment
    from service.scaled import run_clock

    run_clock(_server(listen), stopped)


def worker(
    queues: Annotated[str | None, typer.Option("--queues", help="Which kinds of work, with commas. Default: all.")] = None,
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, max=256, help="Threads a lane.")] = 4,
    listen: Listen = None,
) -> None:
    """Do what the clocks ring for. Any number may run. SIGTERM: finishes what runs, or hands it back in time."""
    stopped = until_stopped()  # before the imports, which take a moment
    from service.queues import QUEUES
    from service.scaled import run_worker

    wanted = tuple(name.strip() for name in queues.split(",")) if queues else QUEUES
    if unknown := sorted(set(wanted) - set(QUEUES)):
        raise typer.BadParameter(f"there is no queue {', '.join(unknown)}; there are {', '.join(QUEUES)}", param_hint="--queues")
    if not run_worker(_server(listen), stopped, wanted, concurrency):
        sys.stderr.flush()
        os._exit(0)  # threads that did not finish in time hold nothing any more


def listen(
    most: Annotated[
        int, typer.Option("--most", min=1, max=5000, help="Accounts it listens at, at most: each is a connection.")
    ] = 1000,
    listen: Listen = None,
) -> None:
    """Listen at mailboxes and chats that can tell when something is new, and read them at once. Any number may run, and share."""
    stopped = until_stopped()  # before the imports, which take a moment
    from service.scaled import run_listener

    run_listener(_server(listen), stopped, most)


def migrate() -> None:
    """Bring the database's schema up to date; safe while the release before still runs."""
    from service.bootstrap import open_server_store
    from service.store import migrate as migrations

    store = open_server_store(_server(None))
    try:
        print(f"The schema is {migrations.current(store.database)}.")
    finally:
        store.close()


def retry(occurrence: Annotated[str, typer.Argument(help="Its id, as `reveille status --json` shows it.")]) -> None:
    """Run once more, now, what has failed or was quarantined."""
    from service.bootstrap import open_server_store
    from service.store import EVERYBODY, acting_as, shared_time

    store = open_server_store(_server(None))
    try:
        with acting_as(EVERYBODY):
            done = store.ledger.retry(occurrence, shared_time(store.database)(), TRIED_AGAIN_FOR)
    finally:
        store.close()
    if not done:
        print(f"Nothing to retry: {occurrence} is no occurrence that failed with nothing sent.", file=sys.stderr)
        raise typer.Exit(FAILED)
    print(f"{occurrence} is due again.")


def _server(listen: str | None) -> Server:
    from service.logs import configure
    from service.settings.server import load_server

    if listen is not None:
        os.environ["REVEILLE_LISTEN"] = listen
    server = load_server()
    configure(level=server.log_level, as_json=server.log_json)
    return server
