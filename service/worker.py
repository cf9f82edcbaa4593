"""Where jobs run: Celery carries ids, the ledger decides. In process on an embedded broker, or beside Redis or RabbitMQ."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Event, Thread
from time import monotonic

from celery.worker import state

from service.domain.ledger import ALONE, CANARY, DELIVER, Ring
from service.errors import ReveilleError
from service.lane import Lane
from service.leases import LONGEST
from service.logs import logger
from service.ports import Bell
from service.queues import QUEUES, SLOW, application
from service.runner import Runner
from service.settings.server import Server
from service.store import EVERYBODY, acting_as
from service.store.ledger import Ledger

log = logger("worker")
CONCURRENCY = 4
POLL = 5.0  # seconds: a dead queue only slows things
PATIENCE = timedelta(seconds=15)
"""How long a ring is waited for before a worker goes and looks."""


class Work:
    """The worker's edge: whatever a job throws ends here, named in the log and in the ledger."""

    def __init__(self, runner: Runner, bell: Bell, alone: Callable[[str], None]) -> None:
        self._runner, self._bell, self._alone = runner, bell, alone
        self.stopped = Event()

    def __call__(self, queue: str, ids: Sequence[str]) -> None:
        if queue in (DELIVER, ALONE) or queue.startswith(CANARY):
            for id in ids:
                if self.stopped.is_set():
                    return
                self._alone(id) if queue == ALONE else run_one(self._runner, id, prepared=queue == DELIVER)
            return
        try:
            left = self._runner.run_fresh(ids, self.stopped.is_set)
        except ReveilleError as error:
            log.warning("left for later", occurrences=list(ids), error=str(error))
            return
        self._bell.ring(Ring(id, queue) for id in left)


def run_one(runner: Runner, id: str, *, prepared: bool = False) -> str:
    """Returns what went wrong, in words. `prepared`: it was rung for to be delivered, and needs nothing else."""
    try:
        runner.deliver(id) if prepared else runner.run(id)
    except ReveilleError as error:
        log.warning("left for later", occurrence=id, error=str(error))
        return str(error)
    except Exception as error:
        log.exception("unexpected", occurrence=id)
        with contextlib.suppress(ReveilleError):  # the database may be what failed; the lease runs out, and the sweep rings
            runner.crashed(id, error)
        return f"{type(error).__name__}: {error}"
    return ""


class ChildProcess:
    """Runs one occurrence in a process of its own: what a worker has died of takes no other with it the next time."""

    def __init__(self, server: Server, ledger: Ledger, runner: Runner) -> None:
        self._server, self._ledger, self._runner = server, ledger, runner

    def __call__(self, id: str) -> None:
        with acting_as(EVERYBODY):
            before, now = self._ledger.get(id), self._runner.clock()
            if before is None or not self._ledger.reserve(id, now, now + self._runner.lease):
                return
            environment = os.environ | {"REVEILLE_CONFIG": str(self._server.config)}
            command = [sys.executable, "-m", "service.alone", id]
            try:
                done = subprocess.run(command, env=environment, timeout=LONGEST, check=False)  # noqa: S603 - our own module
            except subprocess.TimeoutExpired:
                done = None
            if done is None or done.returncode:
                log.error("its process ended badly", occurrence=id, code=done.returncode if done else "timeout")
                self._ledger.died(id, before.fence, self._runner.clock())


class Worker:
    """Lanes of one process, and a look by itself at a low rate for what no ring has reached."""

    def __init__(
        self,
        queue: str,
        prefix: str,
        runner: Runner,
        work: Work,
        queues: Sequence[str] = QUEUES,
        concurrency: int = CONCURRENCY,
        own: str = "",
    ) -> None:
        """`own`: a queue of this process alone, in a lane of its own: it is never behind anybody's work."""
        self._runner, self._work, self._queues = runner, work, frozenset((*queues, CANARY))
        lanes = {
            "quick": ([q for q in queues if q not in SLOW and q != ALONE], concurrency),
            "slow": ([q for q in queues if q in SLOW], concurrency),
            "alone": ([q for q in queues if q == ALONE], 1),
            "own": ([own] if own else [], 1),
        }
        next(served for served, _ in lanes.values() if served).append(CANARY)  # a clock's is answered by ordinary threads
        self._lanes = [
            Lane(application(queue, prefix, own), prefix, name, served, threads, work)
            for name, (served, threads) in lanes.items()
            if served
        ]
        self._polling: Thread | None = None

    def start(self) -> None:
        for lane in self._lanes:
            lane.start()
        self._polling = Thread(target=self._poll, name="poll", daemon=True)
        self._polling.start()

    @property
    def ready(self) -> bool:
        return all(lane.ready for lane in self._lanes)

    def stop(self, within: float = 30.0) -> bool:
        """Whether all that ran was finished in time. What wasn't is handed back, and refused if it is finished after all."""
        self._work.stopped.set()
        end = monotonic() + within
        state.should_stop = 0  # each lane's own thread sees it: stopped from another one, Celery falls over its own connection
        try:
            waiting = [Thread(target=lane.join, name="stop", daemon=True) for lane in self._lanes]
            for thread in waiting:
                thread.start()
            for thread in filter(None, (*waiting, self._polling)):
                thread.join(timeout=max(0.0, end - monotonic()))
        finally:
            state.should_stop = None  # of the whole process: lanes that are started later go on
        if not any(thread.is_alive() for thread in waiting):
            return True
        with contextlib.suppress(ReveilleError):  # leases run out by themselves
            log.warning("handed back", occurrences=self._runner.hand_back())
        return False

    def _revive(self) -> None:
        for lane in self._lanes:
            if not self._work.stopped.is_set():
                lane.revive()

    def _poll(self) -> None:
        while not self._work.stopped.wait(POLL):
            self._revive()
            try:
                self._runner.owed.settle()
                with acting_as(EVERYBODY):
                    waiting = self._runner.ledger.waiting(self._runner.clock(), limit=20, patience=PATIENCE)
            except ReveilleError as error:
                log.warning("ledger unreachable", error=str(error))
                continue
            for ring in waiting:
                if ring.queue in self._queues and not self._work.stopped.is_set():
                    self._work(ring.queue, [ring.id])
