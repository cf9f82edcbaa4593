"""What a cursor remembers of each place: the state it was last read in, and what could not be read of it.

An unchanged place is not read again, yet what is wrong with it must be said at every sync.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.domain.sync import Problem

FORMAT = 2
MOST = 200
"""Problems remembered of one place."""


@dataclass(slots=True)
class Memory:
    """`states` are whatever a place changes when it changes: time and size, or an answer's tags."""

    states: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, list[list[str]]] = field(default_factory=dict)

    @classmethod
    def read(cls, cursor: str | None) -> Memory:
        """What a cursor of another format says is forgotten: everything is read again."""
        try:
            kept = json.loads(cursor or "{}")
            if kept.get("format") != FORMAT:
                return cls()
            return cls(dict(kept["states"]), {place: [[w, s] for w, s in wrong] for place, wrong in kept["wrong"].items()})
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls()

    def keep(self, place: str, state: Any, problems: Iterable[Problem]) -> None:
        self.states[place] = state
        self.wrong.pop(place, None)
        if found := [[p.where, p.what] for p in problems][:MOST]:
            self.wrong[place] = found

    def forget(self, place: str) -> None:
        self.states.pop(place, None)
        self.wrong.pop(place, None)

    def problems(self, place: str) -> list[Problem]:
        return [Problem(where, what) for where, what in self.wrong.get(place, ())]

    def cursor(self) -> str:
        kept: Mapping[str, Any] = {"format": FORMAT, "states": self.states, "wrong": self.wrong}
        return json.dumps(kept, separators=(",", ":"))
