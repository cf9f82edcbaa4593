"""One database: opened, migrated, read and written in transactions of stated kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from hashlib import sha256
from pathlib import Path
from threading import local
from typing import Any

from sqlalchemy import Connection, Engine, Select, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from service.errors import StoreUnusable, Unavailable
from service.store.asking import Asked, Snapshot, answers

BUSY = 30.0  # seconds a writer waits for another before it gives up and is retried by its caller
CONNECTIONS = 10  # of one process to PostgreSQL


EVERYBODY = "*"
"""The clock, the sweep and a worker that claims look at rows of all persons; everything else acts as one."""
_acting: ContextVar[str] = ContextVar("acting", default="")


@contextmanager
def acting_as(person: str) -> Iterator[None]:
    """Every transaction in here sees and writes the rows of this person only (PostgreSQL: row-level security)."""
    before = _acting.set(person)
    try:
        yield
    finally:
        _acting.reset(before)


_LOCKS = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")


class Database:
    """`write()` takes the write lock at its start (BEGIN IMMEDIATE), so that two claims never both read and then fight.

    PostgreSQL has no such lock: what must be alone there asks for `alone()`. A transaction acts as whoever `acting_as` says;
    where nobody is said it sees nothing. SQLite holds one household and lets everybody in.
    """

    def __init__(self, url: str, busy: float = BUSY, connections: int = CONNECTIONS) -> None:
        self.url = make_url(url)
        self.engine = _sqlite(url, busy) if self.url.get_backend_name() == "sqlite" else _postgres(url, busy, connections)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._mine = local()

    @contextmanager
    def at_once(self, ahead: Sequence[Asked] = ()) -> Iterator[None]:
        """All that this thread reads in here for the same person is of one snapshot, and costs one transaction: to begin and to end
        one is two messages to PostgreSQL, as much as the question in between. What is asked `ahead` goes there in one.
        """
        before: Snapshot | None = getattr(self._mine, "snapshot", None)
        with self.read() as connection:
            held = self.snapshot() or Snapshot(_acting.get(), connection)
            self._mine.snapshot = held
            try:
                if ahead and not self.is_sqlite:
                    for asked, rows in zip(ahead, answers(connection, ahead), strict=True):
                        held.keep(asked, rows)
                yield
            finally:
                self._mine.snapshot = before

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot: what several queries see belongs together."""
        held = self.snapshot()
        if held is not None:
            yield held.connection
            return
        with translated(), self.engine.connect() as connection:
            self._act(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            self._lock(connection, "BEGIN")
            yield connection

    def ask(self, question: Select[Any], **values: Any) -> Sequence[Any]:
        """The rows that answer a question that was made once; `at_once` none is asked twice."""
        held, asked = self.snapshot(), (question, values)
        if held is not None and (known := held.answer(asked)) is not None:
            return known
        with self.read() as on:
            found = on.execute(question, values).all() if self.is_sqlite else answers(on, [asked])[0]
        if held is not None:
            held.keep(asked, found)
        return found

    def snapshot(self) -> Snapshot | None:
        """What `at_once` holds in this thread, for the same person."""
        held: Snapshot | None = getattr(self._mine, "snapshot", None)
        return held if held is not None and held.acting == _acting.get() else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with translated(), self.engine.connect() as connection:
            self._act(connection, "BEGIN")
            with connection.begin():
                self._lock(connection, "BEGIN IMMEDIATE")
                yield connection

    @contextmanager
    def rebuild(self) -> Iterator[Connection]:
        """`write` for a migration. SQLite alters a table by copying it, and dropping the old one would take along every row that
        refers to it: there, references are looked at once all is done.
        """
        with translated(), self.engine.connect() as connection:
            self._references(connection, "OFF")
            try:
                self._act(connection, "BEGIN")
                with connection.begin():
                    self._lock(connection, "BEGIN IMMEDIATE")
                    yield connection
                    if self.is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                        raise StoreUnusable(
                            f"A row of {broken[0]} refers to one of {broken[2]} that isn't there: nothing was changed."
                        )
            finally:
                self._references(connection, "ON")

    def _references(self, connection: Connection, enforced: str) -> None:
        """Of no effect inside a transaction, so before or after it."""
        if self.is_sqlite:
            connection.exec_driver_sql(f"PRAGMA foreign_keys={enforced}")
            connection.commit()

    def alone(self, on: Connection, *what: str) -> None:
        """Until the transaction ends nobody else is past this point with the same words."""
        self.alone_in(on, [what])

    def alone_in(self, on: Connection, whats: Iterable[Sequence[str]]) -> None:
        """The same in several matters at once; always in one order, so that no two wait for each other."""
        if not self.is_sqlite:
            keys = sorted(int.from_bytes(sha256("\0".join(what).encode()).digest()[:8], "big", signed=True) for what in whats)
            on.execute(_LOCKS, {"keys": keys})

    def close(self) -> None:
        self.engine.dispose()

    def _lock(self, connection: Connection, begin: str) -> None:
        if self.is_sqlite:
            connection.exec_driver_sql(begin)

    def _act(self, connection: Connection, begin: str) -> None:
        """Before SQLAlchemy knows of a transaction: it would not let a broken connection be changed for a new one in the middle."""
        if self.is_sqlite:
            return
        who = _acting.get().replace("'", "''")
        said = f"{begin}; SET LOCAL reveille.person = '{who}'"
        broken = connection.dialect.loaded_dbapi.Error
        try:
            _driver(connection).execute(said, prepare=False)
        except broken:
            # A connection that was cut while it lay in the pool: nothing has been done on it yet, a new one serves as well.
            connection.invalidate()
            try:
                _driver(connection).execute(said, prepare=False)
            except broken as error:
                raise OperationalError(said, None, error) from error


def _driver(connection: Connection) -> Any:
    """Not through SQLAlchemy: several statements in one message, which can't be prepared."""
    return connection.connection.driver_connection


@contextmanager
def translated() -> Iterator[None]:
    """A database that is locked, full or gone is Unavailable: the worker retries, nothing is lost."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise Unavailable(
            f"The database does not answer: {_words(str(error.orig))}. What was under way is kept and tried again."
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


def _words(words: str) -> str:
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


def _postgres(url: str, busy: float, connections: int) -> Engine:
    """Autocommit as far as the driver knows: we begin ourselves, and say in the same breath who acts."""
    options = f"-c lock_timeout={int(busy)}s -c idle_in_transaction_session_timeout={int(busy)}s -c timezone=UTC"
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=connections,
        pool_timeout=busy,
        pool_recycle=1800,
        connect_args={"autocommit": True, "connect_timeout": 5, "options": options, "tcp_user_timeout": int(busy) * 1000},
    )


def ping(database: Database) -> None:
    with database.read() as connection:
        connection.execute(text("SELECT 1"))
