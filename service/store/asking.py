"""Questions that were made once, put to PostgreSQL's driver itself: SQLAlchemy costs several times what the driver needs for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Select

from service.store.raw import raw_cursor

Asked = tuple[Select[Any], Mapping[str, Any]]
"""A question, and what is bound to it."""
_LISTS = re.compile(r"(?<!NOT )IN \(__\[POSTCOMPILE_(\w+)\]\)")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one thread reads at once, for one person."""

    acting: str
    connection: Connection
    known: dict[Any, tuple[Asked, Sequence[Any]]] = field(default_factory=dict)
    """Answers so far."""

    def answer(self, asked: Asked) -> Sequence[Any] | None:
        found = self.known.get(_key(asked))
        return found[1] if found else None

    def keep(self, asked: Asked, rows: Sequence[Any]) -> None:
        self.known[_key(asked)] = asked, rows


def _key(asked: Asked) -> Any:
    question, values = asked
    return question, tuple((name, tuple(v) if isinstance(v, list) else v) for name, v in sorted(values.items()))


class _Said(NamedTuple):
    words: str
    given: dict[str, Any]
    """What the question itself binds."""


def answers(on: Connection, asked: Sequence[Asked]) -> list[Sequence[Any]]:
    """The rows of each, in the order asked. Several go in one message, and come back in one."""
    from psycopg.rows import namedtuple_row

    with ExitStack() as open_:
        cursors = [open_.enter_context(raw_cursor(on, binary=True, row_factory=namedtuple_row)) for _ in asked]
        if len(asked) > 1:
            driver: Any = on.connection.driver_connection
            with driver.pipeline():
                _put(cursors, asked)
        else:
            _put(cursors, asked)
        return [cursor.fetchall() for cursor in cursors]


def _put(cursors: Sequence[Any], asked: Sequence[Asked]) -> None:
    for cursor, (question, values) in zip(cursors, asked, strict=True):
        said = _said(question)
        cursor.execute(said.words, said.given | {name: _plain(value) for name, value in values.items()})


@cache
def _said(question: Select[Any]) -> _Said:
    """A list is one value here, however long: the server's plan, too, is then made once."""
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

    dialect: Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
    compiled = question.compile(dialect=dialect)
    words = _LISTS.sub(r"= ANY(%(\1)s::VARCHAR[])", compiled.string)
    assert "POSTCOMPILE" not in words, words
    return _Said(words, {name: _plain(value) for name, value in compiled.params.items() if value is not None})


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return _array(value)
    return value.value if isinstance(value, Enum) else value


def _array(words: Sequence[str]) -> str:
    """As PostgreSQL reads arrays. Its driver would look at each of a thousand words to find out that they are words."""
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return '{"' + '","'.join(quoted) + '"}' if words else "{}"
