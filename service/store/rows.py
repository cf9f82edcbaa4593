"""Rows as lines of JSON and back, the same whatever the database: what kind each column is of goes along."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Float, Integer, LargeBinary, String, Table, TableClause, column, table
from sqlalchemy.types import TypeEngine

from service.store.types import UtcDateTime

TYPES: dict[str, TypeEngine[Any]] = {
    "text": String(),
    "flag": Boolean(),
    "whole": BigInteger(),
    "number": Float(),
    "time": UtcDateTime(),
    "bytes": LargeBinary(),
    "json": JSON(none_as_null=True),
}
_KINDS: tuple[tuple[type[Any], str], ...] = (
    (UtcDateTime, "time"),
    (LargeBinary, "bytes"),
    (JSON, "json"),
    (Boolean, "flag"),
    (Integer, "whole"),
    (Float, "number"),
    (String, "text"),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """A table's columns, name and kind, in order."""

    name: str
    columns: tuple[tuple[str, str], ...]

    def table(self) -> TableClause:
        return table(self.name, *(column(name, TYPES[kind]) for name, kind in self.columns))

    def line(self, row: Sequence[Any]) -> bytes:
        packed = [_OUT[kind](value) if value is not None else None for (_, kind), value in zip(self.columns, row, strict=True)]
        return json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    def rows(self, lines: bytes) -> Iterator[dict[str, Any]]:
        """Raises ValueError, in words, where a line is not a row of this shape."""
        for line in lines.splitlines():
            values = json.loads(line)
            if not isinstance(values, list) or len(values) != len(self.columns):
                raise ValueError(f"a row of {self.name} has another number of columns")
            yield {
                name: _IN[kind](value) if value is not None else None
                for (name, kind), value in zip(self.columns, values, strict=True)
            }


def shape(of: Table) -> Shape:
    return Shape(of.name, tuple((c.name, kind_of(c.type)) for c in of.columns))


def kind_of(type_: TypeEngine[Any]) -> str:
    for known, kind in _KINDS:
        if isinstance(type_, known):
            return kind
    raise TypeError(f"no backup knows how to keep a {type_!r}: say so in service/store/rows.py")


def in_parts(lines: Iterable[bytes], size: int) -> Iterator[tuple[bytes, int]]:
    """Lines together, of about `size` bytes, and how many they are."""
    part, count = bytearray(), 0
    for line in lines:
        part += line
        count += 1
        if len(part) >= size:
            yield bytes(part), count
            part, count = bytearray(), 0
    if part:
        yield bytes(part), count


def _time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _as_time(value: Any) -> datetime:
    at = datetime.fromisoformat(_a(str, value))
    if at.tzinfo is None:
        raise ValueError(f"{value!r} has no zone")
    return at


def _a(kind: type[Any], value: Any) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"{str(value)[:40]!r} is no {kind.__name__}")  # noqa: TRY004 - of a document, not of a caller
    return value


def _same(value: Any) -> Any:
    return value


_OUT: dict[str, Callable[[Any], Any]] = dict.fromkeys(TYPES, _same) | {
    "time": _time,
    "bytes": lambda value: base64.b64encode(value).decode("ascii"),
}
_IN: dict[str, Callable[[Any], Any]] = {
    "text": lambda value: _a(str, value),
    "flag": lambda value: _a(bool, value),
    "whole": lambda value: _a(int, value),
    "number": float,
    "time": _as_time,
    "bytes": lambda value: base64.b64decode(_a(str, value), validate=True),
    "json": _same,
}
