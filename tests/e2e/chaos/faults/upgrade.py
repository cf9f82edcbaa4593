"""A migration killed halfway: the old schema stands or the new one does, and the next attempt goes through."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Table, insert, inspect, select

from service.domain.delivery import Audience, Notice
from service.store import tables
from service.store.codec import Codec
from service.store.database import EVERYBODY, Database, acting_as
from service.store.migrate import HEAD, current
from tests.e2e.chaos.house import Servers
from tests.e2e.chaos.people import Someone
from tests.e2e.chaos.rounds import Scenario
from tests.e2e.chaos.topology import Topology, embedded, running
from tests.e2e.chaos.verdict import Verdict, judge
from tests.e2e.chaos.witness import witness
from tests.e2e.driver import Process, Reveille, until
from tests.integration.test_upgrade import at_first_schema
from tests.services import Postgres

PAST, DUE = 600, 6
"""Rows that ended long ago, and rows that the old release left due."""


def on_sqlite(folder: Path, _on: str, points: int, seed: int, _servers: Servers) -> Verdict:
    """What was sent under the old schema stays sent, what was due goes out once."""
    chance, verdict = random.Random(seed), Verdict()
    for point in range(points):
        place = folder / str(point)
        place.mkdir()
        with witness(place / "sink") as seen:
            names = tuple(f"c{number:04}" for number in range(DUE))
            topology = embedded(place, seen, Someone("p0", place, names), {})
            file = place / ".reveille" / "reveille.db"
            file.parent.mkdir(mode=0o700)
            with closing(Database(f"sqlite:///{file}")) as database:
                at_first_schema(database)
                topology.released = dict.fromkeys((("p0", name) for name in names), time.time())
                _fill(database, names)
            reveille = Reveille(place)
            with reveille.started("migrate") as process:
                _kill_in_it(process, chance, lambda file=file: file.with_name("reveille.db-wal").stat().st_size > 0)
            with running(topology):
                _all_ended(topology)
            found = judge(topology)
            past = topology.count(select(tables.delivery.c.id).where(tables.delivery.c.state == "sent"))
            if past != PAST + DUE:
                found.lost.append(f"{past} deliveries are there, {PAST + DUE} were")
            found.lost = [one for one in found.lost if "past" not in one]
            _add(verdict, found)
    return verdict


def on_postgres(folder: Path, _on: str, points: int, seed: int, servers: Servers) -> Verdict:
    """Two releases' operators at once, one of them killed."""
    chance, verdict, server = random.Random(seed), Verdict(), servers.get(Postgres)
    for _ in range(points):
        url = server.new_database()
        with closing(Database(url)) as database:
            at_first_schema(database)
            reveille = Reveille(folder, {"REVEILLE_DATABASE": url})
            with reveille.started("migrate") as process, reveille.started("migrate") as other:
                _kill_in_it(process, chance, lambda url=url: _busy(server, url))
                done = other.ended(120)
            again = reveille("migrate")
            with acting_as(EVERYBODY):
                here, there = current(database), set(inspect(database.engine).get_table_names())
        verdict.released += 1
        missing = {table.name for table in tables.metadata.sorted_tables} - there
        if done.code or again.code or here != HEAD or missing:
            verdict.lost.append(f"{here} with {sorted(missing)} missing: {done} {again}")
    return verdict


def _all_ended(topology: Topology) -> None:
    o = tables.occurrence
    until(lambda: not topology.rows(select(o.c.id).where(o.c.state != "ended")), 120, topology.state)


def _kill_in_it(process: Process, chance: random.Random, begun: Callable[[], bool]) -> None:
    """Once it has begun to write, or, where that is over too soon to see, whenever it ends by itself."""

    def writes() -> bool:
        try:
            return not process.is_running or begun()
        except OSError:
            return False

    until(writes, 60, process.state)
    time.sleep(chance.uniform(0, 0.25))
    process.kill()


def _busy(server: Postgres, url: str) -> bool:
    name = url.rpartition("/")[2]
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
    return bool(server.sql(query, name)[0][0])


def _fill(database: Database, names: tuple[str, ...]) -> None:
    """By the columns that the old tables have: what ended long ago, and what was just due when the old release was stopped."""
    now, codec = datetime.now(UTC), Codec([])
    at = (now - timedelta(minutes=2)).replace(second=0, microsecond=0)
    days = [f"{at - timedelta(days=1 + number):%Y-%m-%d}.0" for number in range(PAST)]
    rows = [_row(codec, "past", slot, at - timedelta(days=1 + n), now) for n, slot in enumerate(days)]
    due = [_row(codec, name, f"{at:%Y-%m-%d}.0", at, None) for name in names]
    with acting_as(EVERYBODY), database.write() as on:
        for occurrence, notice, delivery in rows:
            _insert(on, tables.occurrence, occurrence)
            _insert(on, tables.notice, notice)
            _insert(on, tables.delivery, delivery)
        for occurrence, _, _ in due:
            _insert(on, tables.occurrence, occurrence)


def _row(codec: Codec, cadence: str, slot: str, at: datetime, ended_at: datetime | None) -> tuple[dict[str, object], ...]:
    id = hashlib.sha256(f"p0\0{cadence}\0\0{slot}".encode()).hexdigest()[:32]
    occurrence = {
        "id": id, "person": "p0", "cadence": cadence, "slot": slot, "job": "morning", "prepare_at": at, "due_at": at,
        "useful_until": at + timedelta(hours=12), "state": "ended" if ended_at else "due",
        "outcome": "sent" if ended_at else None, "ended_at": ended_at,
    }  # fmt: skip
    sealed = codec.pack(Notice(Audience.PERSON, "Morning", "Good morning", "Good morning"))
    notice = {"id": f"n{id[1:]}", "person": "p0", "occurrence": id, "audience": "person", "sealed": sealed, "made_at": at}
    delivery = {
        "id": f"d{id[1:]}", "person": "p0", "occurrence": id, "notice": notice["id"], "channel": "mail past", "key": id,
        "state": "sent", "sent_at": at,
    }  # fmt: skip
    return occurrence, notice, delivery


def _insert(on: object, table: Table, values: dict[str, object]) -> None:
    on.execute(insert(table).values(values))  # type: ignore[attr-defined]


def _add(total: Verdict, one: Verdict) -> None:
    total.released += one.released
    for name in ("lost", "duplicates", "unended", "unexplained"):
        getattr(total, name).extend(getattr(one, name))


SCENARIOS = (
    Scenario("migration killed halfway", alone=on_sqlite, on=("embedded",), quick=1, round=10),
    Scenario("migration killed halfway", alone=on_postgres, on=("postgres",), quick=1, round=10),
)
