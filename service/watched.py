"""A process that somebody watches: its canary, and the server that tells how it is. Where nobody listens there is neither."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Self

from service.canary import Canary, Loop, Pulse, process_name
from service.domain.ledger import CANARY, Ring
from service.errors import Unavailable
from service.probes import Health, Probes
from service.queues import queue_answers
from service.runner import Runner
from service.scrape import LedgerFigures
from service.settings.server import Server
from service.store import Store
from service.store.canaries import Canaries
from service.store.database import ping
from service.store.figures import Figures
from service.worker import Worker, run_one


@dataclass(slots=True)
class Watched:
    canary: Canary | None = None
    pulse: Pulse | None = None
    probes: Probes | None = None

    def tick(self) -> Sequence[Ring]:
        """What a clock plans in each of its ticks to see itself tick."""
        if self.canary is None:
            return ()
        self.canary.look()
        return self.canary.plan()

    def start(self) -> None:
        if self.pulse:
            self.pulse.start()
        if self.probes:
            self.probes.start()

    def stop(self) -> None:
        if self.pulse:
            self.pulse.stop()
        if self.probes:
            self.probes.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def own_queue(server: Server) -> str:
    """Of a worker's canaries; "" where nobody listens."""
    return f"{CANARY}.{process_name(role(server))}" if server.listen else ""


def role(server: Server) -> str:
    """Of a process that works: with a queue for many, or as all there is."""
    return "embedded" if server.queue == "embedded" else "worker"


def watched_clock(server: Server, store: Store, now: Callable[[], datetime]) -> Watched:
    """It also tells the whole ledger's figures: they're the same whichever clock is asked. Raises ConfigError where it can't listen."""
    if not server.listen:
        return Watched()
    canary = Canary(Canaries(store.database, store.ledger), process_name("clock"), now)
    health = Health(canary, _checks(server, store), ticks=True)
    return Watched(canary, None, Probes(server.listen, health, canary, LedgerFigures(Figures(store.database), now)))


def watched_worker(
    server: Server,
    store: Store,
    runner: Runner,
    worker: Worker,
    ring: Callable[[Iterable[Ring]], None],
    own: str,
    *,
    figures: bool = False,
) -> Watched:
    """`own` is the queue that the worker serves for this. `figures`: it tells the whole ledger's, for want of a clock that does.
    Raises ConfigError where it can't listen.
    """
    if not own:
        return Watched()
    canary = Canary(Canaries(store.database, store.ledger), process_name(role(server)), runner.clock, own)
    health = Health(canary, _checks(server, store) | {"work": lambda: _works(worker)})
    also = [LedgerFigures(Figures(store.database), runner.clock)] if figures else []
    probes = Probes(server.listen, health, canary, *also)
    return Watched(canary, Pulse(canary, ring, partial(run_one, runner)), probes)


def watched_listener(server: Server, store: Store, process: str, age: Callable[[], float]) -> Watched:
    """It lives as long as its loop comes round. Raises ConfigError where it can't listen."""
    if not server.listen:
        return Watched()
    loop = Loop(process, age)
    health = Health(loop, {"database": lambda: ping(store.database)}, ticks=True)
    return Watched(probes=Probes(server.listen, health, loop))


def _checks(server: Server, store: Store) -> dict[str, Callable[[], object]]:
    return {"database": lambda: ping(store.database), "queue": lambda: queue_answers(server.queue)}


def _works(worker: Worker) -> None:
    if not worker.ready:
        raise Unavailable("not all of its lanes have reached the queue yet")
