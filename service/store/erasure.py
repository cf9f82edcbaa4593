"""Everything of one person taken away, in batches, while others work on; and never written again by whoever still runs.

First, in one transaction: the tombstone, the cadences (the clock plans nothing more), the accounts (their fences go with them, so
that a running sync can't write its next page) and an end to what is open (so can't a running occurrence). What writes without a
fence calls `refuse_erased` in its transaction. Then row after row, in an order that leaves nothing without its way to be found:
killed at any moment, it goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, exists, func, insert, select, tuple_, union, update

from service.domain.delivery import DeliveryState
from service.domain.ledger import State
from service.errors import Erased
from service.store import tables
from service.store.artefacts import ArtefactStore
from service.store.database import EVERYBODY, Database, acting_as

BATCH = 500  # rows in a transaction: nobody waits long for the lock
t = tables.erasure
FILES = "files"


def personal() -> Sequence[Table]:
    """Every table with rows of people, those that point at others first."""
    return [table for table in reversed(tables.metadata.sorted_tables) if "person" in table.c]


@dataclass(frozen=True, slots=True)
class Erasures:
    database: Database
    artefacts: ArtefactStore

    def erase(self, person: str, now: Callable[[], datetime], watch: Callable[[int], None] = lambda _: None) -> Mapping[str, int]:
        """How many rows of each table went, and how many files; those of an earlier call that was killed included."""
        self.bury(person, now())
        with acting_as(person):
            counts = self._all(person, now, watch)
        self._scrub()
        return counts

    def _all(self, person: str, now: Callable[[], datetime], watch: Callable[[int], None]) -> Mapping[str, int]:
        while count := self._files(person):
            watch(count)
        for table in personal():
            while count := self._rows(person, table):
                watch(count)
        with self.database.write() as on:
            on.execute(update(t).where(t.c.digest == digest(person)).values(ended_at=now()))
            counts: Mapping[str, int] = on.execute(select(t.c.counts).where(t.c.digest == digest(person))).scalar_one()
        return counts

    def bury(self, person: str, now: datetime) -> None:
        """From here on nothing more is written for this person."""
        with acting_as(person), self.database.write() as on:
            _exclude(on, person)
            if not _buried(on, person):
                on.execute(insert(t).values(digest=digest(person), began_at=now, counts={}))
            self._stop(on, person, now)

    def lift(self, person: str) -> bool:
        """The person may begin anew. False: an erasure is under way, or there was none."""
        with self.database.write() as on:
            return on.execute(delete(t).where(t.c.digest == digest(person), t.c.ended_at.is_not(None))).rowcount == 1

    def began(self, person: str) -> bool:
        with self.database.read() as on:
            return _buried(on, person)

    # --- one transaction each -------------------------------------------------------------------------------------------

    def _stop(self, on: Connection, person: str, now: datetime) -> None:
        _scrubbing(on, self.database)
        gone = {}
        for table in (tables.cadence, tables.account):
            gone[table.name] = on.execute(delete(table).where(table.c.person == person)).rowcount
        o, d = tables.occurrence, tables.delivery
        ended = {
            "state": State.ENDED,
            "ended_at": now,
            "lease_until": None,
            "not_before": None,
            "wake_at": None,
            "fence": o.c.fence + 1,
        }
        on.execute(update(o).where(o.c.person == person, o.c.state != State.ENDED).values(ended))
        unsent = d.c.state.in_((DeliveryState.PENDING, DeliveryState.SENDING))
        dropped = {"state": DeliveryState.SKIPPED, "lease_until": None, "fence": d.c.fence + 1}
        on.execute(update(d).where(d.c.person == person, unsent).values(dropped))
        _count(on, person, gone)

    def _files(self, person: str) -> int:
        """Files before the rows that lead to them."""
        a = tables.artefact
        with self.database.read() as on:
            rows = on.execute(select(a.c.notice, a.c.name, a.c.path).where(a.c.person == person).limit(BATCH)).all()
        for row in rows:
            self.artefacts.remove(row.path)
        with self.database.write() as on:
            _scrubbing(on, self.database)
            for row in rows:
                on.execute(delete(a).where(a.c.notice == row.notice, a.c.name == row.name))
            _count(on, person, {FILES: len(rows), a.name: len(rows)})
        return len(rows)

    def _rows(self, person: str, table: Table) -> int:
        keys = list(table.primary_key.columns)
        some = select(*keys).where(table.c.person == person).limit(BATCH)
        with self.database.write() as on:
            _scrubbing(on, self.database)
            count = on.execute(delete(table).where(tuple_(*keys).in_(some))).rowcount
            _count(on, person, {table.name: count})
        return count

    def _scrub(self) -> None:
        """What the write-ahead log still holds of it goes into the file, and the log is emptied, as far as no reader needs it."""
        if self.database.is_sqlite:
            with self.database.engine.connect() as on:
                on.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def people(database: Database) -> Sequence[str]:
    """Everybody of whom anything is kept that a config or a clock put there."""
    known = (tables.revision, tables.account, tables.cadence)
    with acting_as(EVERYBODY), database.read() as on:
        return sorted(on.execute(union(*(select(table.c.person) for table in known))).scalars())


def held_of(database: Database, person: str) -> Mapping[str, int]:
    """How many rows each table has of a person; tables without any are left out."""
    with acting_as(person), database.read() as on:
        counts = {
            table.name: on.execute(select(func.count()).select_from(table).where(table.c.person == person)).scalar_one()
            for table in personal()
        }
    return {name: count for name, count in counts.items() if count}


def refuse_erased(on: Connection, person: str) -> None:
    """For every transaction that writes for a person without a fence: raises Erased where their data was, or is being, taken away.

    On PostgreSQL it also makes `bury` wait until this transaction has ended, so that what it writes is seen and erased.
    """
    if on.dialect.name == "postgresql":
        on.execute(select(func.pg_advisory_xact_lock_shared(_lock(person))))
    if _buried(on, person):
        raise Erased(
            f"Everything of {person} was erased, so nothing is written for them any more."
            f" To begin anew, run: reveille erase {person} --lift"
        )


def digest(person: str) -> str:
    return hashlib.sha256(f"reveille erased {person}".encode()).hexdigest()


def _buried(on: Connection, person: str) -> bool:
    return bool(on.execute(select(exists().where(t.c.digest == digest(person)))).scalar())


def _exclude(on: Connection, person: str) -> None:
    """SQLite's writers exclude each other by themselves."""
    if on.dialect.name == "postgresql":
        on.execute(select(func.pg_advisory_xact_lock(_lock(person))))


def _lock(person: str) -> int:
    return int.from_bytes(bytes.fromhex(digest(person))[:8], signed=True)


def _scrubbing(on: Connection, database: Database) -> None:
    """Pages that rows leave are overwritten."""
    if database.is_sqlite:
        on.exec_driver_sql("PRAGMA secure_delete=ON")


def _count(on: Connection, person: str, gone: Mapping[str, int]) -> None:
    counts: dict[str, Any] = dict(on.execute(select(t.c.counts).where(t.c.digest == digest(person))).scalar_one())
    for name, count in gone.items():
        if count:
            counts[name] = counts.get(name, 0) + count
    on.execute(update(t).where(t.c.digest == digest(person)).values(counts=counts))
