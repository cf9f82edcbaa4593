"""What servers answer, as values. Items come in any order, as atoms, quoted or as literals (RFC 3501, section 7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

Part = bytes | tuple[bytes, ...]
"""As imaplib hands them over: a tuple is a piece of line that ends in {n}, and the literal; what ends a response is bytes."""

_QUOTED = rb'"(?:[^"\\]|\\.)*"'
_FETCH = re.compile(_QUOTED + rb'|[()]|\{\d+\}|[^\s()"{\[]+(?:\[[^\]]*\](?:<\d+>)?)?')
_LIST = re.compile(_QUOTED + rb'|[()]|[^\s()"]+')
_LITERAL = re.compile(rb"\{\d+\}$")
_ESCAPED = re.compile(rb"\\(.)")
_DATE = re.compile(rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_MONTHS = {name: number for number, name in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}


@dataclass(frozen=True, slots=True)
class Row:
    """What one FETCH response says of a message; None where it says nothing of that."""

    uid: int
    flags: frozenset[str] | None = None
    size: int | None = None
    at: datetime | None = None  # INTERNALDATE, aware UTC
    header: bytes | None = None
    body: bytes | None = None


def fetched(parts: Iterable[Part]) -> dict[int, Row]:
    """By UID. A response that names none is about something that was not asked (RFC 3501, section 7.4.2), and passed over."""
    rows: dict[int, Row] = {}
    for tokens in _responses(parts, _FETCH):
        row = _row(tokens)
        if row is not None:
            rows[row.uid] = _merged(rows.get(row.uid), row)
    return rows


def listed(parts: Iterable[Part]) -> Iterator[tuple[frozenset[str], str, bytes]]:
    """Of LIST responses: attributes in lower case, the delimiter ("" for none), the name as it is sent."""
    for tokens in _responses(parts, _LIST):
        values = _values(tokens)
        if len(values) >= 3 and isinstance(values[0], list) and isinstance(values[2], bytes):
            attributes = frozenset(a.decode("ascii", "replace").lower() for a in values[0] if isinstance(a, bytes))
            delimiter = values[1].decode("ascii", "replace") if isinstance(values[1], bytes) else ""
            yield attributes, delimiter, values[2]


def statuses(parts: Iterable[Part]) -> Iterator[tuple[bytes, dict[str, int]]]:
    """Of STATUS responses: the name as it is sent, and what is said of it in numbers."""
    for tokens in _responses(parts, _LIST):
        values = _values(tokens)
        if len(values) >= 2 and isinstance(values[0], bytes) and isinstance(values[1], list):
            pairs = zip(values[1][::2], values[1][1::2], strict=False)
            yield values[0], {_name(n): int(v) for n, v in pairs if isinstance(n, bytes) and isinstance(v, bytes) and v.isdigit()}


def number(parts: Sequence[Part]) -> int | None:
    """The last one that was said, as of UIDVALIDITY."""
    for part in reversed(parts):
        if isinstance(part, bytes) and (found := re.match(rb"\s*(\d+)", part)):
            return int(found[1])
    return None


def internal_date(text: bytes) -> datetime | None:
    """RFC 3501, section 9: date-time."""
    found = _DATE.match(text)
    month = _MONTHS.get(found[2].lower()) if found else None
    if found is None or month is None:
        return None
    offset = timedelta(hours=int(found[8]), minutes=int(found[9])) * (-1 if found[7] == b"-" else 1)
    try:
        at = datetime(
            int(found[3]), month, int(found[1]), int(found[4]), int(found[5]), min(int(found[6]), 59), tzinfo=timezone(offset)
        )
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class _Text(bytes):
    """Came quoted or as a literal: never a paren, nor NIL."""

    __slots__ = ()


def _responses(parts: Iterable[Part], grammar: re.Pattern[bytes]) -> Iterator[list[bytes]]:
    """The tokens of each response, literals and quoted strings in their place."""
    tokens: list[bytes] = []
    for part in parts:
        line, literals = (part[0], part[1:]) if isinstance(part, tuple) else (part, ())
        if literals:
            line = _LITERAL.sub(b"", line)
        tokens += [_plain(token) if token[:1] == b'"' else token for token in grammar.findall(line)]
        tokens += map(_Text, literals)
        if not literals:
            yield tokens
            tokens = []


def _plain(token: bytes) -> bytes:
    """A lone quotation mark is what it is."""
    return _Text(_ESCAPED.sub(rb"\1", token[1:-1]) if b"\\" in token else token[1:-1]) if len(token) > 1 else token


def _values(tokens: Iterable[bytes]) -> list[Any]:
    """Nested lists of bytes; None for NIL. Parens that don't match do no harm."""
    stack: list[list[Any]] = [[]]
    for token in tokens:
        if isinstance(token, _Text):
            stack[-1].append(bytes(token))
        elif token == b"(":
            stack.append([])
        elif token == b")":
            if len(stack) > 1:
                inner = stack.pop()
                stack[-1].append(inner)
        else:
            stack[-1].append(None if token.upper() == b"NIL" else token)
    while len(stack) > 1:
        inner = stack.pop()
        stack[-1].append(inner)
    return stack[0]


def _row(tokens: list[bytes]) -> Row | None:
    values = _values(tokens)
    if len(values) < 2 or not isinstance(values[1], list):
        return None
    said = {_name(n): v for n, v in zip(values[1][::2], values[1][1::2], strict=False) if isinstance(n, bytes)}
    uid = said.get("UID")
    if not isinstance(uid, bytes) or not uid.isdigit():
        return None
    size, date, flags = said.get("RFC822.SIZE"), said.get("INTERNALDATE"), said.get("FLAGS")
    return Row(
        uid=int(uid),
        flags=frozenset(f.decode("utf-8", "replace").lower() for f in flags if f) if isinstance(flags, list) else None,
        size=int(size) if isinstance(size, bytes) and size.isdigit() else None,
        at=internal_date(date) if isinstance(date, bytes) else None,
        header=_content(said, "BODY[HEADER"),
        body=_content(said, "BODY[]"),
    )


def _content(said: dict[str, Any], item: str) -> bytes | None:
    """NIL is a message of no bytes."""
    for name, value in said.items():
        if name.startswith(item) and not isinstance(value, list):
            return value or b""
    return None


def _merged(old: Row | None, new: Row) -> Row:
    if old is None:
        return new
    return Row(
        new.uid,
        new.flags if new.flags is not None else old.flags,
        new.size if new.size is not None else old.size,
        new.at or old.at,
        new.header if new.header is not None else old.header,
        new.body if new.body is not None else old.body,
    )


@lru_cache(maxsize=500)
def _name(token: bytes) -> str:
    return token.decode("ascii", "replace").upper()
