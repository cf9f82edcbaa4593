"""A backup put back into an empty database, whole or not at all; and looked at without putting anything back."""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, delete, func, insert, inspect, select, text
from sqlalchemy.exc import DataError, IntegrityError

from service.errors import Complaint, ConfigError, ReveilleError, StoreUnusable
from service.store import restoration, tables
from service.store.archive import damaged, reading
from service.store.artefacts import ArtefactStore
from service.store.backup import FORMAT, SAMPLE, Begin, Content, Manifest, take_time
from service.store.codec import Codec
from service.store.database import EVERYBODY, Database, acting_as, translated
from service.store.instance import ROW
from service.store.migrate import FIRST_ON_POSTGRES, HEAD, current_on, revisions, upgrade_on
from service.store.place import complained
from service.store.rows import TYPES, Shape

_TABLE = re.compile(r"tables/([a-z_]{1,60})\.json")
_ROWS = re.compile(r"tables/([a-z_]{1,60})/\d{6,12}\.jsonl")
_ARTEFACTS = "artefacts/"
AT_ONCE = 500  # rows inserted at once
MISSING_AT_ONCE = 200


class NotEmpty(ReveilleError):
    """A place that holds something already: nothing is ever put over it."""


class _Nonsense(ValueError):
    """What no backup of ours holds."""


def verify(file: Path, codec: Codec | None = None) -> Manifest:
    """Reads it from end to end: every row, every file. Opens nothing that is sealed, but tries the key where one is given."""
    return _Archive(file, codec, put_row=lambda *_: None, put_file=lambda *_: None).read()


@dataclass(frozen=True, slots=True)
class Restorer:
    """`secret` is the file of the instance's secret. `watch` hears of every table and file that is done, by name."""

    database: Database
    codec: Codec
    artefacts: ArtefactStore
    secret: Path
    watch: Callable[[str], None] = lambda _: None

    def restore(self, file: Path, now: datetime) -> Manifest:
        """Rows in one transaction, files before it ends. Killed or failed on its way, it leaves an empty database, and can be
        started again. Raises NotEmpty, Damaged, NotABackup, StoreUnusable for a newer one, ConfigError for a wrong key.
        """
        with _whole(self.database) as on:
            _refuse_unless_empty(on, self.database)
            here = self._secret_here(on)
            archive = _Archive(file, self.codec, self._inserter(on), self._put_file, self._prepare(on))
            with _fitting(file):
                manifest = archive.read()
            self._forget_missing(on, manifest.missing)
            if manifest.schema != HEAD:
                upgrade_on(on, self.database)
            restoration.settle(on, restoration.Silence(manifest.made_at, now), now)
            restoration.record(on, archive.digest, manifest.made_at, now)
            self._put_secret(on, self.codec.open(archive.secret), here)
        return manifest

    def _prepare(self, on: Connection) -> Callable[[Begin], None]:
        def prepare(begin: Begin) -> None:
            """The schema of the backup: what it lacks of today's is brought up afterwards."""
            if begin.schema < FIRST_ON_POSTGRES and not self.database.is_sqlite:
                raise StoreUnusable(
                    f"This backup is of schema {begin.schema}, which PostgreSQL never held: its ledger would be lost there."
                    " Restore it on SQLite with this version, make a backup of that, and restore that one here."
                )
            if current_on(on) != begin.schema:
                _drop_all(on)
                upgrade_on(on, self.database, begin.schema)
            if inspect(on).has_table(tables.instance.name):
                on.execute(delete(tables.instance))  # what a new database says of itself

        return prepare

    def _inserter(self, on: Connection) -> Callable[[Shape, Sequence[dict[str, Any]]], None]:
        known: dict[str, frozenset[str]] = {}

        def put(shape: Shape, some: Sequence[dict[str, Any]]) -> None:
            there = known.setdefault(shape.name, frozenset(c["name"] for c in _columns(on, shape.name)))
            if there != {name for name, _ in shape.columns}:
                raise _Nonsense(f"its table {shape.name} is not that of its schema")
            for start in range(0, len(some), AT_ONCE):
                on.execute(insert(shape.table()), some[start : start + AT_ONCE])
            self.watch(shape.name)

        return put

    def _put_file(self, path: str, data: bytes) -> None:
        self.artefacts.put_sealed(path, data)
        self.watch(path)

    @staticmethod
    def _forget_missing(on: Connection, missing: Sequence[str]) -> None:
        """A row never points at a file that isn't there."""
        path = tables.artefact.c.path
        for start in range(0, len(missing), MISSING_AT_ONCE):
            on.execute(delete(tables.artefact).where(path.in_(missing[start : start + MISSING_AT_ONCE])))

    def _secret_here(self, on: Connection) -> bytes | None:
        """That of a service that has run here already."""
        t = tables.instance
        if self.database.is_sqlite:
            with complained(self.secret):
                return self.secret.read_bytes() if self.secret.exists() else None
        if not inspect(on).has_table(t.name):
            return None
        sealed = on.execute(select(t.c.value).where(t.c.name == ROW)).scalar()
        return self.codec.open(sealed) if sealed is not None else None

    def _put_secret(self, on: Connection, secret: bytes, here: bytes | None) -> None:
        """Where this instance keeps it, whatever that one did: in the database of many machines, in a file of one."""
        if here not in {None, secret}:
            raise NotEmpty(self._anothers())
        t = tables.instance
        on.execute(delete(t).where(t.c.name == ROW))  # older backups hold the row as well
        if not self.database.is_sqlite:
            on.execute(insert(t).values(name=ROW, value=self.codec.seal(secret)))
        elif here is None:
            self._write_secret(secret)

    def _anothers(self) -> str:
        if self.database.is_sqlite:
            return f"{self.secret} is another instance's: move it away, or set REVEILLE_DATA to an empty folder."
        return (
            f"{self.database.url.render_as_string()} holds another instance's secret: a service has run on it already."
            " Set REVEILLE_DATABASE to a new database; `reveille restore` makes its tables."
        )

    def _write_secret(self, secret: bytes) -> None:
        """Before the rows are committed: a service that finds them must not make a new one."""
        with complained(self.secret):
            self.secret.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self.secret.with_name(f".{self.secret.name}.{secrets.token_hex(4)}")
            draft.touch(mode=0o600)
            draft.write_bytes(secret)
            draft.replace(self.secret)


@dataclass(slots=True)
class _Archive:
    """One pass through a backup, held to its manifest."""

    file: Path
    codec: Codec | None
    put_row: Callable[[Shape, Sequence[dict[str, Any]]], None]
    put_file: Callable[[str, bytes], None]
    begun: Callable[[Begin], None] = lambda _: None
    digest: str = ""
    secret: bytes = b""
    _shapes: dict[str, Shape] = field(default_factory=dict)

    def read(self) -> Manifest:
        with reading(self.file) as (self.digest, members):
            try:
                return self._read(members)
            except (ValueError, KeyError, TypeError, StopIteration, RecursionError) as error:
                raise damaged(self.file, f"{type(error).__name__}: {error}"[:200]) from error

    def _read(self, members: Iterator[tuple[str, bytes]]) -> Manifest:
        name, data = next(members)
        if name != "begin.json":
            raise _Nonsense("it does not begin as a backup does")
        begin = Begin(**json.loads(data))
        self._check(begin)
        self.begun(begin)
        found = Manifest(datetime.fromisoformat(begin.made_at), begin.schema, begin.encrypted)
        for name, data in members:
            if name == "manifest.json":
                return self._held_to(found, json.loads(data))
            self._take(name, data, found)
        raise _Nonsense("its end is missing")

    def _check(self, begin: Begin) -> None:
        if begin.format != FORMAT or begin.schema not in revisions():
            raise StoreUnusable(
                f"{self.file} was made by a newer Reveille ({begin.version}, schema {begin.schema}; this version knows {HEAD})."
                " Install that version to restore it."
            )
        if self.codec is not None:
            self._try_key(self.codec, begin)

    def _try_key(self, codec: Codec, begin: Begin) -> None:
        """The word catches what the sample can't: a key where the backup has none."""
        try:
            opens = codec.open(base64.b64decode(begin.sample)) == SAMPLE
        except ConfigError:
            opens = False
        if opens and codec.term(SAMPLE.decode()) == begin.word:
            return
        if not begin.encrypted:
            problem, fix = "is set, but this backup is not encrypted", "Unset REVEILLE_KEY and REVEILLE_KEY_FILE to restore it"
        else:
            problem, fix = "does not open this backup", "Set REVEILLE_KEY or REVEILLE_KEY_FILE to the key it was made with"
        raise ConfigError(Complaint("server settings", None, "key", problem, fix))

    def _take(self, name: str, data: bytes, found: Manifest) -> None:
        if match := _TABLE.fullmatch(name):
            self._shapes[match[1]] = _shape(match[1], json.loads(data))
            found.tables[match[1]] = Content()
        elif (match := _ROWS.fullmatch(name)) and match[1] in self._shapes:
            some = [_safe(match[1], row) for row in self._shapes[match[1]].rows(data)]
            found.tables[match[1]].take(data, len(some))
            self.put_row(self._shapes[match[1]], some)
        elif name.startswith(_ARTEFACTS):
            path = _inside(name.removeprefix(_ARTEFACTS))
            found.artefacts.take(data)
            self.put_file(path, data)
        elif name == "secret":
            self.secret = data
        else:
            raise _Nonsense(f"it holds {name[:80]!r}, which no backup does")

    def _held_to(self, found: Manifest, said: Any) -> Manifest:
        found.missing = [_inside(path) for path in said["missing"]]
        if found.document() != said or not self.secret:
            raise _Nonsense("its content is not what its manifest says")
        return found


def _shape(name: str, columns: Any) -> Shape:
    pairs = tuple((str(column), str(kind)) for column, kind in columns)
    if any(kind not in TYPES for _, kind in pairs):
        raise _Nonsense(f"its table {name} has columns of no known kind")
    return Shape(name, pairs)


def _safe(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row that points at a file outside of the store would have it deleted when it ages out."""
    if table == tables.artefact.name:
        _inside(row["path"])
    return row


def _inside(path: Any) -> str:
    parts = path.split("/") if isinstance(path, str) else [""]
    if any(part in {"", ".", ".."} or "\0" in part or "\\" in part for part in parts):
        raise _Nonsense(f"it holds a file that would lie outside of the store: {str(path)[:80]!r}")
    return "/".join(parts)


def _columns(on: Connection, name: str) -> Sequence[Any]:
    found = inspect(on)
    if not found.has_table(name):
        raise _Nonsense(f"its schema has no table {name}")
    return found.get_columns(name)


def _refuse_unless_empty(on: Connection, database: Database) -> None:
    found = MetaData()
    found.reflect(on)
    for table in found.sorted_tables:
        if table.name in {"alembic_version", tables.instance.name}:
            continue
        count = on.execute(select(func.count()).select_from(table)).scalar_one()
        if count:
            where = database.url.render_as_string()
            raise NotEmpty(
                f"{where} is not empty ({table.name} has {count} row{'s' if count > 1 else ''}), and nothing is put over what is"
                " there. Set REVEILLE_DATA to a new folder (REVEILLE_DATABASE to an empty database), or move the old one away."
            )


@contextmanager
def _fitting(file: Path) -> Iterator[None]:
    try:
        yield
    except (DataError, IntegrityError, binascii.Error) as error:
        raise damaged(file, f"its rows don't fit together: {str(error)[:200]}") from error


def _drop_all(on: Connection) -> None:
    """An empty schema of another version. PostgreSQL's months go with their tables."""
    found = MetaData()
    found.reflect(on)
    if on.dialect.name == "sqlite":
        found.drop_all(on)
        return
    for name in found.tables:
        on.execute(text(f'DROP TABLE IF EXISTS "{name}" CASCADE'))


@contextmanager
def _whole(database: Database) -> Iterator[Connection]:
    """One transaction for everything, the schema included. On SQLite references are checked at its end: while an old schema is
    brought up, tables are made anew, and dropping one would take along the rows of others that point at it.
    """
    if not database.is_sqlite:
        with acting_as(EVERYBODY), database.write() as on:
            database.alone(on, "migration")
            take_time(on)
            yield on
        return
    with translated(), database.engine.connect() as on:
        _check_at_once(on, "OFF")
        try:
            with on.begin():
                on.exec_driver_sql("BEGIN IMMEDIATE")
                yield on
                _check_references(on)
        finally:
            _check_at_once(on, "ON")


def _check_at_once(on: Connection, switch: str) -> None:
    on.exec_driver_sql(f"PRAGMA foreign_keys={switch}")
    on.rollback()  # of nothing: it has no effect inside a transaction


def _check_references(on: Connection) -> None:
    if on.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise StoreUnusable("Rows of this backup point at others that are missing. Nothing was put back; take another.")
