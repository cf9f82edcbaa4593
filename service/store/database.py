"""One database: opened, migrated, read and written in transactions of stated kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from service.errors import StoreUnusable, Unavailable

BUSY = 30.0  # seconds a writer waits for another before it gives up and is retried by its caller


class Database:
    """`write()` takes the write lock at its start (BEGIN IMMEDIATE), so that two claims never both read and then fight."""

    def __init__(self, url: str, busy: float = BUSY) -> None:
        self.url = make_url(url)
        self.engine = _sqlite(url, busy) if self.url.get_backend_name() == "sqlite" else create_engine(url, pool_pre_ping=True)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot: what several queries see belongs together."""
        with translated(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with translated(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def translated() -> Iterator[None]:
    """A database that is locked, full or gone is Unavailable: the worker retries, nothing is lost."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise Unavailable(
            f"The database does not answer: {_words(error)}. What was under way is kept and tried again."
        ) from error
    except DatabaseError as error:
        if not any(sign in str(error.orig) for sign in ("malformed", "not a database")):
            raise
        raise StoreUnusable(
            f"The database is damaged ({error.orig}). Put back a copy of it, or set REVEILLE_DATA to an empty folder:"
            " what the sources hold is read anew."
        ) from error
    except PoolTimeout as error:
        raise Unavailable("All connections to the database are in use. What was under way is kept and tried again.") from error


def _words(error: DBAPIError) -> str:
    words = str(error.orig)
    if "disk is full" in words:
        return "the disk is full; make room"
    if "disk I/O error" in words:  # what SQLite says where it cannot even lay out its shared memory
        return "its disk is full or fails; make room there"
    if "locked" in words:
        return "it is locked: another process has held it for long"
    if "readonly" in words:
        return "its file cannot be written; check its owner and mode"
    return words


def _sqlite(url: str, busy: float) -> Engine:
    path = make_url(url).database
    options: dict[str, Any] = {"connect_args": {"timeout": busy, "check_same_thread": False}}
    if not path or path == ":memory:":
        options["poolclass"] = StaticPool
    else:
        Path(path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(OSError):  # SQLite says better what is wrong with it; its journals take on this mode
            Path(path).touch(mode=0o600)
    engine = create_engine(url, **options)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # pysqlite's own transaction control is switched off: we begin ourselves, immediate where we write.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-16000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def ping(database: Database) -> None:
    with database.read() as connection:
        connection.execute(text("SELECT 1"))
