"""A worker process whose every job has nothing to say: what is left is the ledger. Prints READY, ends with its standard input."""

from __future__ import annotations

import logging
import sys
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from service.bell import CeleryBell
from service.bootstrap import backoff
from service.courier import Courier
from service.domain.delivery import Draft, Keep, Nothing, Recheck
from service.domain.ledger import Cadence, Every
from service.domain.people import Person
from service.household import Household
from service.ports import Occasion, Services
from service.queues import prefixed
from service.runner import Runner
from service.store import EVERYBODY, acting_as, open_store, shared_time
from service.worker import Work, Worker
from tests.builders import a_person


class Empty:
    def prepare(self, services: Services, person: Person, occasion: Occasion, now: datetime) -> Draft | Nothing:
        return Nothing("nothing urgent")

    def recheck(self, services: Services, person: Person, draft: Draft, occasion: Occasion, now: datetime) -> Recheck:
        return Keep()


class Unread:
    def ensure_fresh(self, deadline: timedelta, max_age: timedelta = timedelta(), heard: timedelta | None = None) -> None:
        """There are no sources."""


class AnyCadence(dict[str, Cadence]):
    def get(self, name: str, default: Cadence | None = None) -> Cadence | None:  # type: ignore[override]
        return Cadence("", name, "triage", Every(timedelta(minutes=5)), ("phone",))


def main(database: str, queue: str, concurrency: str) -> None:
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with acting_as(EVERYBODY):
        store = open_store(database, Path("/nonexistent"), secret=b"bench")
    clock = shared_time(store.database)
    household = Household(a_person(), AnyCadence(), {}, {}, Services(items=None), Unread())  # type: ignore[arg-type]
    courier = Courier(store.database, store.deliveries, store.accounts, clock, backoff)
    runner = Runner(
        store.database,
        store.ledger,
        store.deliveries,
        store.codec,
        courier,
        lambda _: household,
        {"triage": Empty()},
        clock,
        backoff,
    )
    prefix = prefixed(queue)
    work = Work(runner, CeleryBell(queue, prefix), lambda _: None)
    worker = Worker(queue, prefix, runner, work, ("triage",), int(concurrency))
    worker.start()
    print("READY", flush=True)
    sys.stdin.read()
    worker.stop(5)


if __name__ == "__main__":
    main(*sys.argv[1:])
