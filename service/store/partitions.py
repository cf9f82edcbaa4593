"""The ledger's months on PostgreSQL: made ahead of time, and let go of whole once nobody keeps anything of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, text

from service.errors import ReveilleError
from service.logs import logger
from service.store.database import EVERYBODY, Database, acting_as
from service.store.tables import LEDGER

log = logger("partitions")
AHEAD = 3
"""Months that are there before they are needed: slots are planned a day ahead, and a clock may stand still for long."""


def make(database: Database, now: datetime) -> None:
    """Partitions of this month and of the next ones. What has none goes into the default one, and nothing is lost."""
    if database.is_sqlite:
        return
    for start, end in _months(now, AHEAD):
        if not _exists(database, f"occurrence_{start[:6]}"):
            try:
                _make(database, start, end)
            except ReveilleError as error:
                log.warning("month not made", month=start[:6], error=str(error))


def drop(database: Database, before: datetime) -> int:
    """Drops the months that end before `before` and hold nothing that is still open; returns how many. Rows first lost their
    children: a month goes from all of its tables, or from none.
    """
    if database.is_sqlite:
        return 0
    dropped = 0
    for month in _there(database):
        if month < f"{before:%Y%m}":
            dropped += _drop(database, month)
    return dropped


def _make(database: Database, start: str, end: str) -> None:
    with acting_as(EVERYBODY), database.write() as on:
        database.alone(on, "partitions")
        for table in LEDGER:
            name = f"{table.name}_{start[:6]}"
            if not _has(on, name):
                # Attached when it is whole: that keeps nobody from reading and writing meanwhile.
                on.execute(text(f"CREATE TABLE {name} (LIKE {table.name} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"))
                on.execute(text(f"ALTER TABLE {table.name} ATTACH PARTITION {name} FOR VALUES FROM ('{start}') TO ('{end}')"))
                _secure(on, name)
    log.info("month made", month=start[:6])


def _secure(on: Connection, name: str) -> None:
    acting = "(SELECT current_setting('reveille.person', true))"
    on.execute(text(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"))
    on.execute(text(f"CREATE POLICY acting ON {name} USING (person = {acting} OR {acting} = '*')"))


def _drop(database: Database, month: str) -> int:
    with acting_as(EVERYBODY), database.write() as on:
        database.alone(on, "partitions")
        if on.execute(text(f"SELECT 1 FROM occurrence_{month} WHERE ended_at IS NULL LIMIT 1")).first() is not None:  # noqa: S608
            return 0
        for table in reversed(LEDGER):
            name = f"{table.name}_{month}"
            on.execute(text(f"ALTER TABLE {table.name} DETACH PARTITION {name}"))
            on.execute(text(f"DROP TABLE {name}"))
    log.info("month dropped", month=month)
    return 1


def _there(database: Database) -> list[str]:
    with database.read() as on:
        names = on.execute(
            text("SELECT relname FROM pg_class WHERE relname ~ '^occurrence_[0-9]{6}$' AND relkind = 'r'")
        ).scalars()
        return sorted(name.removeprefix("occurrence_") for name in names)


def _exists(database: Database, name: str) -> bool:
    assert re.fullmatch(r"\w+", name)
    with database.read() as on:
        return _has(on, name)


def _has(on: Connection, name: str) -> bool:
    """Not by to_regclass, which would go on saying what it said before another process made the table, while we waited for our turn."""
    there = text("SELECT 1 FROM pg_class WHERE relname = :name AND pg_table_is_visible(oid)")
    return on.execute(there, {"name": name}).first() is not None


def _months(now: datetime, ahead: int) -> Iterator[tuple[str, str]]:
    first = now.year * 12 + now.month - 1
    for month in range(first, first + ahead + 1):
        yield _first(month), _first(month + 1)


def _first(month: int) -> str:
    return f"{month // 12:04}{month % 12 + 1:02}01"
