"""What somebody was told of what the store holds, as little as it takes to see later whether they would be told the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select

from service.store import questions
from service.store.asking import Asked

Mark = Mapping[str, Any]
"""Plain JSON: the questions, and a digest of their answers."""
_ASIDE = (questions.ACCOUNTS, questions.MISSED)
"""When a source was read last changes with every look, and nothing that is compared hangs on it."""
NAMED: Mapping[str, Select[Any]] = {n: q for n, q in vars(questions).items() if isinstance(q, Select) and q not in _ASIDE}
_NAMES = {question: name for name, question in NAMED.items()}
_MOVING = frozenset({"since", "until"})
_NEAR = timedelta(days=400)
"""Bounds further off are fixed: they mean "ever"."""


def mark(answered: Iterable[tuple[Asked, Sequence[Any]]], as_of: datetime) -> Mark:
    """Bounds that move with the moment of asking are kept as they lie to `as_of`; the person is not kept."""
    named = [(_NAMES[question], values, rows) for (question, values), rows in answered if question in _NAMES]
    asked = [(name, _kept(values, as_of)) for name, values, _ in named]
    return {"asked": asked, "digest": digest(rows for _, _, rows in named)}


def asked_again(mark: Mark, person: str, as_of: datetime) -> list[Asked]:
    """The same questions at another moment. Raises KeyError where another release asked what this one doesn't."""
    return [(NAMED[name], {"person": person} | _moved(values, as_of)) for name, values in mark["asked"]]


def digest(answers: Iterable[Sequence[Any]]) -> str:
    """The same for the same rows, in whatever order each answer has them."""
    whole = hashlib.sha256()
    for rows in answers:
        whole.update(b"".join(sorted(map(_row, rows))) + b"|")
    return whole.hexdigest()


def _row(row: Sequence[Any]) -> bytes:
    said = hashlib.sha256()
    for value in row:
        said.update(value if isinstance(value, bytes) else repr(value).encode())
        said.update(b"|")
    return said.digest()


def _kept(values: Mapping[str, Any], as_of: datetime) -> dict[str, Any]:
    return {name: _bound(name, value, as_of) for name, value in values.items() if name != "person"}


def _bound(name: str, value: Any, as_of: datetime) -> Any:
    if not isinstance(value, datetime):
        return value
    if name in _MOVING and abs(value - as_of) < _NEAR:
        return {"ago": (as_of - value).total_seconds()}
    return {"at": value.isoformat()}


def _moved(values: Mapping[str, Any], as_of: datetime) -> dict[str, Any]:
    return {name: _unbound(value, as_of) for name, value in values.items()}


def _unbound(value: Any, as_of: datetime) -> Any:
    match value:
        case {"ago": seconds}:
            return as_of - timedelta(seconds=seconds)
        case {"at": written}:
            return datetime.fromisoformat(written)
        case _:
            return value
