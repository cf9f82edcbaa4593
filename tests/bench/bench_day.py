"""A day with everybody's seven o'clock in 24 time zones, minute by minute, as fast as it goes: the real planner, ledger, runner and courier on
PostgreSQL, the real bell on Redis; the jobs are scripted, and time is an argument.

`python -m tests.bench.bench_day [PEOPLE] [MINUTES] [FILE]`: polls are MINUTES apart, seldom by default, for what they cost grows with their
number and a day is to end within the hour. Beside each figure stands what `scaling` reckons for the same people. FILE keeps the figures:
`python -m tests.bench.bench_day 20000 240 tests/bench/day.json && python -m tests.bench.scaling` writes docs/scaling.md.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
import redis as redis_client
import structlog

from service.bell import CeleryBell
from service.bootstrap import backoff
from service.courier import Courier
from service.domain.ledger import DELIVER, Ring
from service.planner import Planner
from service.queues import QUEUES, prefixed
from service.runner import Runner
from service.store import EVERYBODY, Store, acting_as, open_store, partitions
from tests.bench.day_people import START, Scripted, Town, events
from tests.bench.figures import Figure, report
from tests.bench.simulated import Day, arithmetic
from tests.household import SetClock
from tests.services import Postgres, Redis

PEOPLE, POLL_EVERY = 2_000, 240
BEFORE, MINUTES = 5 * 60, 24 * 60
"""Minutes that are lived through and not counted, until everything stands as if it had always run; and those of the day."""
KNOWN = 50_000
"""Households that are kept."""


def main(people: int = PEOPLE, poll_every: int = POLL_EVERY, file: str = "") -> None:
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with Postgres(durable=True) as postgres, Redis() as redis, acting_as(EVERYBODY):
        url = postgres.new_database()
        store = open_store(url, Path("/nonexistent"), secret=b"bench")
        partitions.make(store.database, START)
        town = Town(people, timedelta(minutes=poll_every))
        town.settle(store)
        with psycopg.connect(postgres.url, autocommit=True) as administrator:
            server = Measured(administrator, postgres, url.rsplit("/", 1)[1])
            simulation = Simulation(store, town, redis.url, server)
            simulation.live(-BEFORE, 0)
            simulation.forget()
            before = _settled(store, server)
            simulation.live(0, MINUTES)
            day = simulation.told(before, _settled(store, server))
            store.close()
    _report(day)
    if file:
        Path(file).write_text(json.dumps(asdict(day), indent=2) + "\n", encoding="utf-8")


def _settled(store: Store, server: Measured) -> dict[str, float]:
    """Sessions that end have told all that they did."""
    store.close()
    time.sleep(1)
    return server.read()


@dataclass
class Measured:
    """What the server says of one database."""

    administrator: psycopg.Connection[Any]
    postgres: Postgres
    database: str

    def read(self) -> dict[str, float]:
        ask = self.postgres.sql
        ((ins, upd, gone),) = ask(
            "SELECT sum(n_tup_ins), sum(n_tup_upd), sum(n_tup_del) FROM pg_stat_user_tables", database=self.database
        )
        ((commits,),) = ask("SELECT xact_commit FROM pg_stat_database WHERE datname = %s", self.database)
        ((writes,),) = ask("SELECT sum(writes) FROM pg_stat_io WHERE object = 'wal'")
        ((size,),) = ask("SELECT pg_database_size(%s)", self.database)
        ledger = "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('occurrence') WHERE isleaf"
        ((rows,),) = ask(ledger, database=self.database)
        values = {"rows": ins + upd + gone, "commits": commits, "wal_writes": writes, "size": size, "ledger": rows}
        return {"wal": self.wal()} | {name: float(value) for name, value in values.items()}

    def rows(self) -> int:
        """Of the ledger."""
        return int(self.postgres.sql("SELECT count(*) FROM occurrence", database=self.database)[0][0])

    def wal(self) -> float:
        """Bytes since the server was made."""
        row = self.administrator.execute("SELECT pg_current_wal_lsn() - '0/0'").fetchone()
        assert row is not None
        return float(row[0])


@dataclass
class Simulation:
    store: Store
    town: Town
    queue: str
    server: Measured
    clock: SetClock = field(default_factory=lambda: SetClock(START))
    messages: int = 0
    runs: list[int] = field(default_factory=list)
    """Rings answered, by minute."""
    seconds: list[float] = field(default_factory=list)
    """How long each minute took."""
    wal: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        store, households = self.store, lru_cache(KNOWN)(self.town.household)
        self.planner = Planner(store.database, store.ledger, store.cadences, events, lambda *_: False)
        courier = Courier(store.database, store.deliveries, store.accounts, self.clock, backoff)
        parts = (store.database, store.ledger, store.deliveries, store.codec, courier, households)
        jobs = dict.fromkeys(("morning", "meeting", "triage", "slack"), Scripted())
        self.runner = Runner(*parts, jobs, self.clock, backoff)
        self.prefix = prefixed(self.queue)
        self.bell, self.broker = CeleryBell(self.queue, self.prefix), redis_client.Redis.from_url(self.queue)

    def live(self, first: int, last: int) -> None:
        """Through the minutes after `first`, up to `last`."""
        for minute in range(first + 1, last + 1):
            self.clock.now = START + timedelta(minutes=minute)
            began, wal = time.perf_counter(), self.server.wal()
            self.runs.append(self._minute())
            self.seconds.append(time.perf_counter() - began)
            self.wal.append(self.server.wal() - wal)

    def forget(self) -> None:
        """What was counted so far."""
        self.messages, self.runs, self.seconds, self.wal = 0, [], [], []

    def _minute(self) -> int:
        """Everything that is due, in rounds: what was prepared late is delivered at once, what was left over is rung for again."""
        done = 0
        while rings := [*self._planned(), *self._swept()]:
            self._rung(rings)
            done += len(rings)
            for ring in rings:
                if ring.queue == DELIVER:
                    self.runner.run(ring.id)
            fresh = [ring.id for ring in rings if ring.queue != DELIVER]
            if left := self.runner.run_fresh(fresh):
                raise SystemExit(f"{len(left)} runs were handed back although time stands still")
        return done

    def _planned(self) -> Sequence[Ring]:
        return self.planner.tick(self.clock.now)

    def _swept(self) -> Iterable[Ring]:
        while swept := self.store.ledger.sweep(self.clock.now):
            yield from swept

    def _rung(self, rings: Sequence[Ring]) -> None:
        """Messages are counted where they lie, and taken away."""
        self.bell.ring(rings)
        names = [f"{self.prefix}.{queue}" for queue in QUEUES]
        self.messages += sum(self.broker.llen(name) for name in names)  # type: ignore[misc]
        self.broker.delete(*names)

    def told(self, before: dict[str, float], after: dict[str, float]) -> Day:
        grown: dict[str, Any] = {name: after[name] - before[name] for name in after}
        fullest = max(range(MINUTES), key=self.runs.__getitem__)
        rows = self.server.postgres.sql(
            "SELECT count(*), count(*) FILTER (WHERE outcome = 'sent'), count(*) FILTER (WHERE ended_at IS NULL)"
            " FROM occurrence WHERE due_at > %s AND due_at <= %s",
            START,
            self.clock.now,
            database=self.server.database,
        )
        occurrences, sent, left = rows[0]
        return Day(
            people=self.town.people,
            poll_every=int(self.town.poll_every / timedelta(minutes=1)),
            occurrences=occurrences,
            sent=sent,
            left_open=left,
            messages=self.messages,
            rings=sum(self.runs),
            rows=int(grown["rows"]),
            commits=int(grown["commits"]),
            wal=int(grown["wal"]),
            wal_writes=int(grown["wal_writes"]),
            ledger=int(after["ledger"]),
            ledger_rows=self.server.rows(),
            size=int(grown["size"]),
            fullest=f"{(fullest + 1) // 60:02}:{(fullest + 1) % 60:02}",
            fullest_rings=self.runs[fullest],
            fullest_wal=int(self.wal[fullest]),
            fullest_seconds=round(max(self.seconds), 1),
            late=sum(seconds > 60 for seconds in self.seconds),
            seconds=round(sum(self.seconds)),
        )


def _report(day: Day) -> None:
    said = f"a day of {day.people:,}, polls every {day.poll_every} min"
    print(f"{said} (peer: the arithmetic of docs/scaling.md)")
    report(*(Figure(f"  {row.name}", row.simulated, row.reckoned, row.unit) for row in arithmetic(day)))


if __name__ == "__main__":
    numbers, files = [a for a in sys.argv[1:] if a.isdigit()], [a for a in sys.argv[1:] if not a.isdigit()]
    main(*map(int, numbers), **({"file": files[0]} if files else {}))
