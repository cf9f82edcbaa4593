"""One process of `bench_memory`: `python -m tests.bench.memory_roles clock|worker|service TIME SECONDS`, with the settings of its
environment. Its day is as long as its ticks take: TIME is a file that holds what all of them take for the time.
"""

from __future__ import annotations

import logging
import mmap
import struct
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import service.cli  # noqa: F401  every command holds it
from service.logs import configure
from service.settings.server import Server, load_server

if TYPE_CHECKING:
    from service.clock import Clock
    from service.houses import Houses

PACE = 0.001  # seconds between two ticks, in which somebody else may work


class SharedTime:
    """Seconds since 1970 in a file that several processes hold."""

    def __init__(self, file: Path, at: float | None = None) -> None:
        if at is not None:
            file.write_bytes(struct.pack("d", at))
        with file.open("r+b") as opened:
            self._held = mmap.mmap(opened.fileno(), 8)

    @property
    def seconds(self) -> float:
        return float(struct.unpack("d", self._held[:8])[0])

    @seconds.setter
    def seconds(self, value: float) -> None:
        self._held[:8] = struct.pack("d", value)

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)


def clock(server: Server, now: SharedTime, seconds: int) -> None:
    """As `service.scaled.run_clock`, and imports what that does."""
    import service.scaled  # noqa: F401
    from service.bell import CeleryBell
    from service.clock import Clock
    from service.people_folder import PeopleFolder
    from service.queues import prefixed

    assert server.people
    with _houses(server, now) as houses:
        bell = CeleryBell(server.queue, prefixed(server.queue))
        ticking = Clock(houses.planner(), houses.store.ledger, bell, now, houses.tidy)
        _live(ticking, now, seconds, PeopleFolder(server.people, houses).follow)


def worker(server: Server, now: SharedTime, _seconds: int) -> None:
    """As `service.scaled.run_worker`, and imports what that does."""
    import service.scaled  # noqa: F401
    from service.bell import CeleryBell
    from service.queues import prefixed
    from service.worker import ChildProcess, Work, Worker

    with _houses(server, now) as houses:
        runner, prefix = houses.runner(), prefixed(server.queue)
        work = Work(runner, CeleryBell(server.queue, prefix), ChildProcess(server, houses.store.ledger, runner))
        working = Worker(server.queue, prefix, runner, work)
        working.start()
        sys.stdin.read()
        working.stop(5)


def service_(server: Server, now: SharedTime, seconds: int) -> None:
    """As `reveille run`."""
    from service.bootstrap import open_house
    from service.embedded import Service

    embedded = Service(open_house(server, clock=now))
    embedded.recover()
    embedded.start()
    _live(embedded._clock, now, seconds, lambda: None)
    embedded.stop()
    embedded.close()


def _live(ticking: Clock, now: SharedTime, seconds: int, every_other: Callable[[], object]) -> None:
    """A tick for every second, and what is done every other second and every hour."""
    for second in range(seconds):
        now.seconds += 1
        ticking.tick()
        if second % 2 == 0:
            every_other()
        if second % 3600 == 0:
            ticking.tidy()
        time.sleep(PACE)
    sys.stdin.read()


def _houses(server: Server, now: SharedTime) -> Houses:
    from service.bootstrap import isolated, open_server_store
    from service.houses import Houses

    return Houses(server, open_server_store(server), isolated(), now)


def main(role: str, file: str, seconds: str) -> None:
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    server = load_server()
    configure(level="warning", as_json=True)
    {"clock": clock, "worker": worker, "service": service_}[role](server, SharedTime(Path(file)), int(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
