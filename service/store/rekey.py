"""Everything that is sealed, sealed anew under the newest key, while others work on: row by row, each where nobody has changed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, and_, select, tuple_, update

from service.store.codec import Codec
from service.store.database import Database
from service.store.erasure import personal
from service.store.instance import ROW
from service.store.tables import instance

BATCH = 200  # rows in a transaction: nobody waits long for the lock


def rekey(database: Database, codec: Codec) -> Iterator[tuple[str, int]]:
    """(table, how many of a batch were sealed anew), as it goes. Safe to stop and to start again at any moment."""
    for table in personal():
        sealed = [column for column in table.columns if isinstance(column.type, LargeBinary)]
        if sealed:
            yield from ((table.name, count) for count in _table(database, codec, table, sealed))
    yield instance.name, _secret(database, codec)


def _table(database: Database, codec: Codec, table: Table, sealed: Sequence[Column[Any]]) -> Iterator[int]:
    key, last = list(table.primary_key.columns), None
    while True:
        query = select(*key, *sealed).order_by(*key).limit(BATCH)
        with database.read() as on:
            rows = on.execute(query.where(tuple_(*key) > last) if last else query).all()
        if not rows:
            return
        yield _batch(database, codec, table, rows, len(key))
        last = tuple(rows[-1][: len(key)])


def _batch(database: Database, codec: Codec, table: Table, rows: Sequence[Any], width: int) -> int:
    """Each column by itself, and only where it still holds what was read."""
    key, count = list(table.primary_key.columns), 0
    columns = [column for column in table.columns if isinstance(column.type, LargeBinary)]
    with database.write() as on:
        for row in rows:
            this = [column == value for column, value in zip(key, row[:width], strict=True)]
            for column, old in zip(columns, row[width:], strict=True):
                if old is not None and (new := codec.resealed(old)) is not None:
                    count += on.execute(update(table).where(and_(*this, column == old)).values({column: new})).rowcount
    return count


def _secret(database: Database, codec: Codec) -> int:
    """That of Message-IDs, where many machines share it."""
    with database.write() as on:
        old = on.execute(select(instance.c.value).where(instance.c.name == ROW)).scalar_one_or_none()
        new = codec.resealed(old) if old is not None else None
        if new is None:
            return 0
        return on.execute(update(instance).where(instance.c.name == ROW, instance.c.value == old).values(value=new)).rowcount
