"""Empty jobs from due to closed, with every write of the ledger, by two worker processes; beside task queues that keep no ledger.

Ours is planned, rung for, claimed, run and ended; the peers' tasks lie in their queues already when the clock starts.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from service.bell import CeleryBell
from service.domain.ledger import Cadence, Every
from service.planner import Planner
from service.queues import prefixed
from service.store import EVERYBODY, Store, acting_as, open_store, tables
from service.store.cadences import Planned
from service.store.instance import utc_now
from tests.bench import queue_peers
from tests.bench.figures import Figure, report
from tests.services import Postgres, Redis

NUMBER = 10_000
WORKERS = 2
THREADS = 2


def main() -> None:
    with Postgres(durable=True) as postgres, Redis() as redis:
        peers = {kind: _peer(kind, postgres, redis) for kind in queue_peers.KINDS}
        redis.flush()
        ours = _ours(postgres.new_database(), redis.url)
    report(
        Figure(
            "empty job, due to closed: procrastinate",
            ours,
            peers["procrastinate"],
            "/s",
            "1.5",
            ours >= 1.5 * peers["procrastinate"],
        ),
        Figure("empty job, due to closed: bare Celery, Redis", ours, peers["celery"], "/s", "0.4", ours >= 0.4 * peers["celery"]),
        Figure("empty job, due to closed: rq", ours, peers["rq"], "/s"),
    )


def _ours(database: str, queue: str) -> float:
    with acting_as(EVERYBODY):
        store = open_store(database, Path("/nonexistent"), secret=b"bench")
        planner = Planner(store.database, store.ledger, store.cadences, lambda *_: (), lambda *_: False)
        bell, now = CeleryBell(queue, prefixed(queue)), utc_now()
        with ExitStack() as workers:
            for _ in range(WORKERS):
                workers.enter_context(_worker(database, queue))
            _cadences(store, now - timedelta(minutes=6), 100)  # everybody has worked once before it counts
            _through(store, planner, bell)
            _cadences(store, now - timedelta(minutes=6), NUMBER, "counted")
            began = time.perf_counter()
            _through(store, planner, bell)
            took = time.perf_counter() - began
        store.close()
    return NUMBER / took


def _through(store: Store, planner: Planner, bell: CeleryBell) -> None:
    for rings in planner.batches(utc_now()):
        bell.ring(rings)
    o = tables.occurrence
    still_open = select(func.count()).where(o.c.ended_at.is_(None))
    end = time.perf_counter() + 300
    while time.perf_counter() < end:
        with store.database.read() as on:
            if on.execute(still_open).scalar_one() == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the workers did not come to an end")


def _cadences(store: Store, since: object, number: int, name: str = "warm") -> None:
    """Of many people, so that nobody's own limit counts."""
    with store.database.write() as on:
        for n in range(number):
            cadence = Cadence(f"{name}{n}", name, "triage", Every(timedelta(minutes=5)), ("phone",))
            store.cadences.put(on, Planned(cadence, "Europe/Zurich", "", planned_until=since, next_at=since))  # type: ignore[arg-type]


@contextmanager
def _worker(database: str, queue: str) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.bench.jobs_worker", database, queue, str(THREADS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "READY\n"
        try:
            yield
        finally:
            process.stdin.close()
            process.wait(30)


def _peer(kind: str, postgres: Postgres, redis: Redis) -> float:
    url = postgres.new_database() if kind == "procrastinate" else redis.url
    redis.flush()
    with queue_peers.filled(kind, url, NUMBER) as left:
        command = [sys.executable, "-m", "tests.bench.queue_peers", kind, url]
        processes = [subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) for _ in range(WORKERS)]
        try:
            while left() > NUMBER * 0.95:  # begun, all of them
                time.sleep(0.01)
            first, began = left(), time.perf_counter()
            while left() > NUMBER * 0.05:
                time.sleep(0.01)
            return (first - left()) / (time.perf_counter() - began)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)


if __name__ == "__main__":
    main()
