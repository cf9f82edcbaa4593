"""The cursor: what was last seen of each kind of object, and what is still to be read. All times are HubSpot's own.

`mark` is the newest modification seen. A search shows what changed only some seconds later, and not always in order, and several
objects may have changed in one millisecond: so each look goes back OVERLAP behind the mark, and `top` remembers which objects were
seen there, each with its modification, so that none comes twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from service.integrations.hubspot.rows import Row, since_epoch

FORMAT = 1
OVERLAP = 120_000
"""Milliseconds. HubSpot says "a few moments" of how long its search lags behind."""
LOOK = 100
"""Objects of one look; where more changed, they are walked through."""
GOOD_FOR = timedelta(days=7)
"""Then everything is compared once with what is held: it mends whatever no look could see."""
MOST_GONE = 500


@dataclass(slots=True)
class Walk:
    """Through all objects, or those that were modified since, from the highest id down: ids have no ties, and stay what they are."""

    below: int | None = None
    since: int = 0  # 0: all
    compare: bool = False  # with what is held: what is unchanged is not read, what is gone is deleted


@dataclass(slots=True)
class Seen:
    """Of one kind."""

    mark: int = 0
    total: int = -1
    gone: int = 0  # the newest deletion known
    compared: int = 0  # when all of them were last compared because the numbers did not add up, by the house's clock
    owed: bool = False  # whether they are to be compared once more
    top: dict[int, int] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)  # deleted at most OVERLAP before `gone`
    walks: list[Walk] = field(default_factory=list)

    @property
    def floor(self) -> int:
        """What is older is known."""
        return max(self.mark - OVERLAP, min(self.top.values()) if len(self.top) >= LOOK else 0)

    def fresh(self, rows: Iterable[Row]) -> list[Row]:
        floor = self.floor
        return [row for row in rows if row.modified >= floor and self.top.get(row.id) != row.modified]

    def look(self, rows: Iterable[Row], total: int) -> None:
        rows = list(rows)
        self.mark = max((self.mark, *(row.modified for row in rows)))
        self.top = {row.id: row.modified for row in rows if row.modified >= self.mark - OVERLAP}
        self.total = total

    def unread(self, id: int) -> bool:
        """Whether a walk is still on its way to it, and no look saw it."""
        return id not in self.top and any(not w.since and not w.compare and (w.below is None or id < w.below) for w in self.walks)


@dataclass(slots=True)
class State:
    born: int  # milliseconds by the house's clock, as is `asked`
    asked: int = 0  # when the kinds were last asked for that are not asked for at each sync
    seen: dict[str, Seen] = field(default_factory=dict)

    def write(self, made_for: str) -> str:
        return json.dumps(
            {
                "v": FORMAT,
                "for": made_for,
                "born": self.born,
                "asked": self.asked,
                "seen": {name: _written(seen) for name, seen in self.seen.items()},
            },
            separators=(",", ":"),
        )


def read(cursor: str | None, made_for: str, now: datetime) -> State | None:
    """None where it is none of ours, made for other settings, or too old."""
    try:
        kept = json.loads(cursor or "null")
        if kept["v"] != FORMAT or kept["for"] != made_for:
            return None
        state = State(int(kept["born"]), int(kept["asked"]), {str(n): _seen(s) for n, s in kept["seen"].items()})
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    age = timedelta(milliseconds=since_epoch(now) - state.born)
    return state if abs(age) < GOOD_FOR else None


def _written(seen: Seen) -> dict[str, Any]:
    return {
        "mark": seen.mark,
        "total": seen.total,
        "gone": seen.gone,
        "compared": seen.compared,
        "owed": seen.owed,
        "top": [[id, seen.mark - at] for id, at in seen.top.items()],
        "left": seen.left[-MOST_GONE:],
        "walks": [[w.below, w.since, w.compare] for w in seen.walks],
    }


def _seen(kept: dict[str, Any]) -> Seen:
    mark = int(kept["mark"])
    return Seen(
        mark,
        int(kept["total"]),
        int(kept["gone"]),
        int(kept["compared"]),
        bool(kept["owed"]),
        {int(id): mark - int(before) for id, before in kept["top"]},
        [int(id) for id in kept["left"]],
        [Walk(None if below is None else int(below), int(since), bool(compare)) for below, since, compare in kept["walks"]],
    )


def appeared(fresh: Iterable[Row], seen: Seen) -> int:
    """How many of them are new and not only changed: created where the last look would not have seen them yet."""
    floor = seen.floor
    return sum(row.id not in seen.top and row.created >= floor for row in fresh)
