"""One consistent copy of everything, made while the service runs: every row of every table, the files they point at, the secret.

Members, in this order: `begin.json`, for each table its columns and its rows in parts, `secret`, `artefacts/…`, `manifest.json`.
The secret is a member of its own wherever the instance keeps it. What is sealed stays sealed. Driven by the metadata, so that no table can be forgotten.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, Table, select, text

from service import __version__
from service.store import rows, tables
from service.store.archive import Writer, writing
from service.store.artefacts import ArtefactStore
from service.store.codec import Codec
from service.store.database import EVERYBODY, Database, acting_as
from service.store.instance import ROW
from service.store.migrate import current_on

FORMAT = 1
PART = 1 << 20  # bytes of rows in a member
AT_ONCE = 200  # rows fetched at once
SAMPLE = b"reveille"
"""Sealed with the store's key, so that a wrong one is known before anything is put back."""


@dataclass(frozen=True, slots=True)
class Begin:
    """What has to be known before the first row. `word` is what the index calls a known word: it depends on the key."""

    format: int
    version: str
    schema: str
    made_at: str
    encrypted: bool
    sample: str
    word: str


@dataclass(slots=True)
class Content:
    """Of a table or of all artefacts: how many, how large, and the digest of their bytes in order."""

    count: int = 0
    size: int = 0
    sha256: str = ""
    _sha: Any = field(default_factory=hashlib.sha256, repr=False, compare=False)

    def take(self, data: bytes, count: int = 1) -> None:
        self.count += count
        self.size += len(data)
        self._sha.update(data)
        self.sha256 = self._sha.hexdigest()

    def document(self) -> dict[str, Any]:
        return {"count": self.count, "size": self.size, "sha256": self.sha256}


@dataclass(slots=True)
class Manifest:
    """`missing` are files that rows point at and that weren't there: aged out while the backup was made, or lost before."""

    made_at: datetime
    schema: str
    encrypted: bool
    tables: dict[str, Content] = field(default_factory=dict)
    artefacts: Content = field(default_factory=Content)
    missing: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(content.count for content in self.tables.values())

    def document(self) -> dict[str, Any]:
        contents: Mapping[str, Any] = {name: content.document() for name, content in self.tables.items()}
        return {"tables": contents, "artefacts": self.artefacts.document(), "missing": self.missing}


@dataclass(frozen=True, slots=True)
class Keeper:
    """Makes backups. `watch` hears of every table and file that is done, by name."""

    database: Database
    codec: Codec
    artefacts: ArtefactStore
    secret: bytes
    watch: Callable[[str], None] = lambda _: None

    def backup(self, file: Path, now: datetime) -> Manifest:
        """Raises Unavailable, NotABackup and OSError; then there is no file, or the one that was there before."""
        with writing(file) as out, snapshot(self.database) as on:
            begin = self._begin(on, now)
            out.add("begin.json", _json(asdict(begin)))
            manifest = Manifest(now, begin.schema, begin.encrypted)
            for table in tables.metadata.sorted_tables:
                manifest.tables[table.name] = _keep_table(on, table, out)
                self.watch(table.name)
            out.add("secret", self.codec.seal(self.secret))
            self._keep_artefacts(on, out, manifest)
            out.add("manifest.json", _json(manifest.document()))
        return manifest

    def _begin(self, on: Connection, now: datetime) -> Begin:
        schema = current_on(on)
        assert schema is not None, "an open store has its schema"
        sample = base64.b64encode(self.codec.seal(SAMPLE)).decode("ascii")
        word = self.codec.term(SAMPLE.decode())
        return Begin(FORMAT, __version__, schema, now.isoformat(), self.codec.encrypts, sample, word)

    def _keep_artefacts(self, on: Connection, out: Writer, manifest: Manifest) -> None:
        paths = select(tables.artefact.c.path).distinct().order_by(tables.artefact.c.path)
        with streamed(on, paths) as found:
            for path in found.scalars():
                data = self.artefacts.sealed(path)
                if data is None:
                    manifest.missing.append(path)
                    continue
                out.add(f"artefacts/{path}", data)
                manifest.artefacts.take(data)
                self.watch(path)


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """One view of the whole database for as long as it takes; nobody else waits for it."""
    with acting_as(EVERYBODY), database.read() as on:
        take_time(on)
        yield on


def take_time(on: Connection) -> None:
    """Between two statements of this transaction files may be read or written for long."""
    if on.dialect.name == "postgresql":
        on.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def _keep_table(on: Connection, table: Table, out: Writer) -> Content:
    shape, content = rows.shape(table), Content()
    out.add(f"tables/{table.name}.json", _json(shape.columns))
    with streamed(on, _kept(table)) as found:
        for number, (part, count) in enumerate(rows.in_parts(map(shape.line, found), PART)):
            out.add(f"tables/{table.name}/{number:06}.jsonl", part)
            content.take(part, count)
    return content


def _kept(table: Table) -> Any:
    query = select(table)
    return query.where(table.c.name != ROW) if table is tables.instance else query


@contextmanager
def streamed(on: Connection, query: Any) -> Iterator[CursorResult[Any]]:
    """Rows as they are asked for. PostgreSQL holds a cursor for them: it's closed also where their reader fails on his way."""
    with closing(on.execute(query, execution_options={"stream_results": True, "yield_per": AT_ONCE})) as found:
        yield found


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
