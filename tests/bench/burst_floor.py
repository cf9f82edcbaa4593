"""The least that a burst can cost: two bare tables, claimed and written by hand, and one hand-written message for each row."""

from __future__ import annotations

import base64
import sqlite3
import time
import uuid
from collections.abc import Iterator
from datetime import time as wall_time
from pathlib import Path

from service.domain.ledger import WallTimes
from service.domain.timetable import compiled
from tests.bench.burst_rows import ZONES

BATCH = 1000
MORNING = WallTimes((wall_time(7),))
Row = tuple[int, int, int, int, int]
"""Number, zone, second of the day, period (0: daily), due."""
CLAIM = "SELECT id, zone, sec, period, next_at FROM bare_cadence WHERE next_at <= {0} ORDER BY next_at LIMIT {0}"
STORE = (
    "WITH v AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) t (id, due, next_at)),"
    " u AS (UPDATE bare_cadence c SET next_at = v.next_at FROM v WHERE c.id = v.id)"
    " INSERT INTO bare_run (cadence, due) SELECT id, due FROM v"
)
MESSAGE = (
    '{"body": "%s", "content-encoding": "utf-8", "content-type": "application/json", "headers": {"lang": "py", "task": "run",'
    ' "id": "%s", "root_id": "%s", "parent_id": null, "group": null, "retries": 0}, "properties": {"correlation_id": "%s",'
    ' "reply_to": "", "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "bare"}, "priority": 0,'
    ' "body_encoding": "base64", "delivery_tag": "%s"}}'
)


def postgres(url: str, queue: str, count: int, percent: int) -> float:
    """Cadences a second."""
    import psycopg
    import redis

    now, done = int(time.time()), 0
    with psycopg.connect(url) as on, redis.Redis.from_url(queue) as client:
        on.execute("DROP TABLE IF EXISTS bare_cadence, bare_run")
        on.execute("CREATE TABLE bare_cadence (id bigint PRIMARY KEY, zone smallint, sec int, period int, next_at bigint)")
        on.execute("CREATE TABLE bare_run (cadence bigint, due bigint, state smallint DEFAULT 0, PRIMARY KEY (cadence, due))")
        with on.cursor().copy("COPY bare_cadence FROM STDIN") as copy:
            for row in _rows(count, 100 // percent, now):
                copy.write_row(row)
        on.execute("CREATE INDEX ON bare_cadence (next_at)")
        on.execute("ANALYZE bare_cadence")
        on.commit()
        cursor, claim = on.cursor(binary=True), CLAIM.format("%s") + " FOR UPDATE SKIP LOCKED"
        began = time.perf_counter()
        while rows := cursor.execute(claim, (now, BATCH)).fetchall():
            ids, due = [row[0] for row in rows], [row[4] for row in rows]
            cursor.execute(STORE, (ids, due, [_next(row, now) for row in rows]))
            on.commit()
            client.lpush("bare", *map(_message, ids, due))
            done += len(rows)
        return done / (time.perf_counter() - began)


def sqlite(folder: Path, count: int, percent: int) -> float:
    now, done, told = int(time.time()), 0, []
    on = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -16000"):
        on.execute(statement)
    on.execute("CREATE TABLE bare_cadence (id integer PRIMARY KEY, zone int, sec int, period int, next_at int)")
    on.execute("CREATE TABLE bare_run (cadence int, due int, state int DEFAULT 0, PRIMARY KEY (cadence, due)) WITHOUT ROWID")
    on.execute("BEGIN")
    on.executemany("INSERT INTO bare_cadence VALUES (?, ?, ?, ?, ?)", _rows(count, 100 // percent, now))
    on.execute("CREATE INDEX bare_next ON bare_cadence (next_at)")
    on.execute("COMMIT")
    began = time.perf_counter()
    while True:
        on.execute("BEGIN IMMEDIATE")
        rows = on.execute(CLAIM.format("?"), (now, BATCH)).fetchall()
        on.executemany("UPDATE bare_cadence SET next_at = ? WHERE id = ?", [(_next(row, now), row[0]) for row in rows])
        on.executemany("INSERT INTO bare_run (cadence, due) VALUES (?, ?)", [(row[0], row[4]) for row in rows])
        on.execute("COMMIT")
        if not rows:
            break
        told += [(row[0], row[4]) for row in rows]
        done += len(rows)
    rate = done / (time.perf_counter() - began)
    on.close()
    return rate


def _rows(count: int, step: int, now: int) -> Iterator[Row]:
    for n in range(count):
        due = now - 1 if n // 2 % step == 0 else now + 60 + n * 7919 % 3600
        yield n, n % 8, 25200, 300 if n & 1 else 0, due


def _next(row: Row, now: int) -> int:
    _, zone, _, period, _ = row
    if period:
        return now - now % period + period
    found = compiled(MORNING, ZONES[zone]).after(now)
    assert found is not None
    return found[0]


def _message(id: int, due: int) -> str:
    tag = str(uuid.uuid4())
    body = base64.b64encode(b"[[%d, %d], {}, {}]" % (id, due)).decode()
    return MESSAGE % (body, tag, tag, tag, tag)
