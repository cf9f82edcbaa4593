"""What a cursor remembers: how far each channel is read, and what its newest posts were like.

Slack's history says nothing of edits and deletions: only by reading a channel's recent posts again, and comparing, are they seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

FORMAT = 1
WINDOW = 100
"""The newest posts of a channel that are compared when it is asked; answers in a thread count with their first post …"""
RECENT = timedelta(days=14)
"""… and none that are older."""


@dataclass(slots=True)
class Known:
    """`new` and `old`: the ts between which all is read, "" where nothing is; `done`: there is nothing older. `seen`: ts →
    stamp of the newest posts. `asked`: the number of the sync that asked last. `problem`: why it can't be read.
    """

    new: str = ""
    old: str = ""
    done: bool = False
    asked: int = 0
    problem: str = ""
    seen: dict[str, str] = field(default_factory=dict)

    @property
    def begun(self) -> bool:
        return self.done or bool(self.old)

    def remember(self, ts: str, stamp: str, now: datetime) -> None:
        """Of what is older than all that is remembered, only as much as fits."""
        if ts < _ts(now - RECENT) or (len(self.seen) >= WINDOW and ts < min(self.seen)):
            self.seen.pop(ts, None)
        else:
            self.seen[ts] = stamp

    def prune(self, now: datetime) -> None:
        for ts in sorted(self.seen, reverse=True)[WINDOW:]:
            del self.seen[ts]
        for ts in [ts for ts in self.seen if ts < _ts(now - RECENT)]:
            del self.seen[ts]


@dataclass(slots=True)
class State:
    """`resync`: the store holds what no cursor speaks for; history is compared with it. `number` counts syncs. `found`: the
    newest posts that a search knew. `types`: the kinds of channels that the token's scopes allow, where not all.
    """

    made_for: str
    resync: bool = False
    number: int = 0
    looked_at: float = 0.0
    found: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    channels: dict[str, Known] = field(default_factory=dict)

    @classmethod
    def read(cls, cursor: str | None, made_for: str) -> State | None:
        """None where it is no cursor of ours, or was made under another config."""
        try:
            kept = json.loads(cursor or "")
            if kept["v"] != FORMAT or kept["for"] != made_for:
                return None
            channels = {str(id): _known(one) for id, one in kept["in"].items()}
            numbers = bool(kept["resync"]), int(kept["n"]), float(kept["at"])
            return cls(made_for, *numbers, _texts(kept["found"]), _texts(kept["types"]), channels)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    def cursor(self) -> str:
        kept: Mapping[str, Any] = {
            "v": FORMAT,
            "for": self.made_for,
            "resync": int(self.resync),
            "n": self.number,
            "at": self.looked_at,
            "found": self.found,
            "types": self.types,
            "in": {id: [k.new, k.old, int(k.done), k.asked, k.problem, k.seen] for id, k in self.channels.items()},
        }
        return json.dumps(kept, separators=(",", ":"))


def _known(kept: Any) -> Known:
    new, old, done, asked, problem, seen = kept
    return Known(str(new), str(old), bool(done), int(asked), str(problem), {str(ts): str(s) for ts, s in seen.items()})


def _texts(kept: Any) -> list[str]:
    return [str(one) for one in kept]


def _ts(at: datetime) -> str:
    return f"{at.timestamp():017.6f}"
