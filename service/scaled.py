"""Many machines: a clock, a worker and a listener, each a process of its own; any number of them on one database and one queue."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

from service.bell import CeleryBell
from service.canary import process_name
from service.clock import Clock
from service.errors import Complaint, ConfigError
from service.houses import open_houses
from service.listener import MOST, Listener
from service.people_folder import PeopleFolder
from service.queues import QUEUES, prefixed
from service.settings.server import Server
from service.watched import own_queue, watched_clock, watched_listener, watched_worker
from service.worker import CONCURRENCY, ChildProcess, Work, Worker

LOOK_AT_PEOPLE = 2.0  # seconds


def checked(server: Server) -> Server:
    """Raises ConfigError where the settings are those of one machine."""
    if server.queue == "embedded":
        where = Complaint(
            "server settings",
            None,
            "queue",
            "clock and worker are separate processes, which an embedded queue can't connect",
            "Set REVEILLE_QUEUE to redis://… or amqp://…, or use `reveille run`",
        )
        raise ConfigError(where)
    return server


def run_clock(server: Server, stopped: Event) -> None:
    """Until `stopped`: plans, sweeps and rings, and takes up the people's files."""
    with open_houses(checked(server)) as houses:
        houses.store.restorations.take_up(houses.clock())
        bell = CeleryBell(server.queue, prefixed(server.queue))
        watched = watched_clock(server, houses.store, houses.clock)
        clock = Clock(houses.planner(), houses.store.ledger, bell, houses.clock, houses.tidy, watched.tick)
        people = PeopleFolder(server.people, houses) if server.people else None
        clock.start()
        watched.start()
        try:
            while True:
                if people:
                    people.follow()
                if stopped.wait(LOOK_AT_PEOPLE):
                    return
        finally:
            watched.stop()
            clock.stop()
            bell.close()


def run_listener(server: Server, stopped: Event, most: int = MOST) -> None:
    """Until `stopped`: listens at accounts that can tell by themselves, and reads them when they ring."""
    with open_houses(server) as houses:
        name = process_name("listener")
        listener = Listener(houses.store.doorbells, houses.of, name, houses.clock, server.lease_length, most=most)
        listener.start()
        try:
            with watched_listener(server, houses.store, name, listener.age):
                stopped.wait()
        finally:
            listener.stop(server.stop_within)


def run_worker(server: Server, stopped: Event, queues: Sequence[str] = QUEUES, concurrency: int = CONCURRENCY) -> bool:
    """Until `stopped`. Whether all that ran was finished; what wasn't is handed back."""
    with open_houses(checked(server)) as houses:
        houses.store.restorations.take_up(houses.clock())
        runner, prefix, own = houses.runner(), prefixed(server.queue), own_queue(server)
        bell = CeleryBell(server.queue, prefix, own)
        work = Work(runner, bell, ChildProcess(server, houses.store.ledger, runner))
        worker = Worker(server.queue, prefix, runner, work, queues, concurrency, own)
        watched = watched_worker(server, houses.store, runner, worker, bell.ring, own)
        worker.start()
        try:
            with watched:
                stopped.wait()
            return worker.stop(server.stop_within)
        finally:
            bell.close()
