"""What belongs to the whole instance: the secret of its Message-IDs, its time, and whose turn it is."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from time import CLOCK_BOOTTIME, clock_gettime

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from service.errors import Unavailable
from service.logs import logger
from service.store.codec import Codec
from service.store.database import Database
from service.store.place import instance_secret
from service.store.tables import instance as t

log = logger("time")
ROW = "secret"
"""The row of it, sealed, where many machines share it."""
ASK_AGAIN = 15.0  # seconds
SLOW = 0.5
"""Seconds that an answer may take and still tell the time."""


def shared_secret(database: Database, codec: Codec, file: Path) -> bytes:
    """Many machines share it in the database; one machine keeps it in a file beside its own, as it always has."""
    if database.is_sqlite:
        return instance_secret(file)
    mine = codec.seal(secrets.token_bytes(32))
    with database.write() as on:
        on.execute(insert(t).values(name=ROW, value=mine).on_conflict_do_nothing())
        return codec.open(on.execute(select(t.c.value).where(t.c.name == ROW)).scalar_one())


def turn(database: Database, what: str, now: datetime, every: timedelta) -> bool:
    """Of many processes that would all do the same every so often, whether it is this one's to do now."""
    with database.write() as on:
        database.alone(on, "turn", what)
        last = on.execute(select(t.c.value).where(t.c.name == what)).scalar_one_or_none()
        if last is not None and now - every < datetime.fromisoformat(last.decode()) <= now:
            return False
        on.execute(delete(t).where(t.c.name == what))
        on.execute(t.insert().values(name=what, value=now.isoformat().encode()))
    return True


def shared_time(database: Database) -> Callable[[], datetime]:
    """The time that all processes of the instance agree on: PostgreSQL's. A machine whose clock is wrong, or is set anew, must not
    take another's lease for one that has run out.
    """
    return utc_now if database.is_sqlite else DatabaseTime(database)


def utc_now() -> datetime:
    return datetime.now(UTC)


class DatabaseTime:
    """The database's time as it was told last, and what this machine has counted since: its steady clock, which goes on while it
    sleeps and which nobody sets. Asked again every `ASK_AGAIN` seconds; where the database is away, the counting goes on.
    """

    def __init__(self, database: Database) -> None:
        self._database, self._lock = database, Lock()
        self._told: datetime | None = None
        self._at = 0.0

    def __call__(self) -> datetime:
        with self._lock:
            if self._told is None or clock_gettime(CLOCK_BOOTTIME) - self._at > ASK_AGAIN:
                self._ask()
            if self._told is None:
                return utc_now()
            return self._told + timedelta(seconds=clock_gettime(CLOCK_BOOTTIME) - self._at)

    def _ask(self) -> None:
        before = clock_gettime(CLOCK_BOOTTIME)
        try:
            with self._database.read() as on:
                asked = clock_gettime(CLOCK_BOOTTIME)
                told: datetime = on.execute(text("SELECT clock_timestamp()")).scalar_one()
        except Unavailable as error:
            log.warning("the database does not tell the time", error=str(error))
            self._at, self._told = before, self._counted(before)
            return
        # An answer that was long under way (a process that stood still in between) says what was, not what is.
        if self._told is None or clock_gettime(CLOCK_BOOTTIME) - asked < SLOW:
            self._told, self._at = told.astimezone(UTC), asked

    def _counted(self, at: float) -> datetime | None:
        return self._told + timedelta(seconds=at - self._at) if self._told else None
