"""Delta queries as Graph answers them: opaque links, pages, what was removed by its id (https://learn.microsoft.com/graph/delta-query-overview)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Log:
    """What happened to the things of one collection, in order."""

    happened: list[tuple[str, Any]] = field(default_factory=list)  # an id, and what it was before

    def note(self, id: str, before: Any = None) -> None:
        self.happened.append((id, before))


@dataclass(frozen=True, slots=True)
class Query:
    """What is kept with a link: all that was asked for at first."""

    path: str
    log: Log
    show: Callable[[str, Any], dict[str, Any] | None]
    """An id's representation, by what was asked; None where it is not in the collection (any longer)."""
    was: Callable[[Any], bool]
    """Whether what it was before was in the collection: only then it is told of as removed."""


@dataclass(frozen=True, slots=True)
class _Place:
    query: Query
    ids: Sequence[str]  # still to be told of
    removed: frozenset[str]
    seen: int  # how much of the log all of this stands for


class Links:
    most = 0
    """Where it is set, as many are told at once, whatever is preferred: a preference is no order (RFC 7240)."""

    def __init__(self, base: Callable[[], str]) -> None:
        self._base = base
        self._places: dict[str, _Place] = {}
        self._expired: set[str] = set()

    def expire(self) -> None:
        self._expired |= self._places.keys()
        self._places.clear()

    def gone(self, token: str) -> bool:
        """Whether it was good once; a token that never was is malformed."""
        return token in self._expired

    def first(self, query: Query, ids: Sequence[str], size: int) -> dict[str, Any]:
        return self._page(_Place(query, ids, frozenset(), len(query.log.happened)), size)

    def following(self, token: str, path: str, size: int) -> dict[str, Any] | None:
        """None for a token that is not of this collection, or of none."""
        place = self._places.get(token)
        if place is None or place.query.path != path:
            return None
        if place.ids:
            return self._page(place, size)
        lately = place.query.log.happened[place.seen :]
        ids = list(dict.fromkeys(id for id, _ in lately))
        gone = frozenset(id for id, before in lately if place.query.was(before))
        return self._page(_Place(place.query, ids, gone, len(place.query.log.happened)), size)

    def _page(self, place: _Place, size: int) -> dict[str, Any]:
        value, size = [], self.most or size
        for id in place.ids[:size]:
            shown = place.query.show(id, size)
            if shown is not None:
                value.append(shown)
            elif id in place.removed:
                value.append({"id": id, "@removed": {"reason": "deleted"}})
        rest = place.ids[size:]
        token = secrets.token_urlsafe(24)
        self._places[token] = _Place(place.query, rest, place.removed, place.seen)
        kind, name = ("next", "skip") if rest else ("delta", "delta")
        return {"value": value, f"@odata.{kind}Link": f"{self._base()}{place.query.path}?${name}token={token}"}
