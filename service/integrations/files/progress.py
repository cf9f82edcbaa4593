"""The cursor of a source in files: what was looked at and gave no item, and what to compare whole files by."""

from __future__ import annotations

import json
from typing import Any

from service.domain.sync import Problem

ASIDE = 1000
"""How many refs without an item are remembered; beyond that they are looked at again."""


class Progress:
    """Kept as JSON in the cursor. A cursor that can't be read is as none: `held` alone keeps unchanged items unread."""

    def __init__(self, cursor: str | None, fingerprint: str) -> None:
        self._fingerprint = fingerprint
        self.table: dict[str, Any] = {}
        self.total: int | None = None
        self._aside: dict[str, tuple[str, str]] = {}
        try:
            known = json.loads(cursor or "{}")
            if known.get("for") == fingerprint:
                self.table = dict(known.get("table", {}))
                self._aside = {ref: (str(stamp), str(what)) for ref, (stamp, what) in known.get("aside", {}).items()}
        except (ValueError, TypeError, AttributeError, RecursionError):
            self.table, self._aside = {}, {}

    def set_aside(self, ref: str, stamp: str, what: str = "") -> None:
        """It gives no item as it stands. `what` says why where that is a problem, "" where it is as it should be."""
        if ref in self._aside or len(self._aside) < ASIDE:
            self._aside[ref] = (stamp, what)

    def is_aside(self, ref: str, stamp: str) -> bool:
        return self._aside.get(ref, ("", ""))[0] == stamp

    def still(self, ref: str) -> list[Problem]:
        """The problem that was found when it was last looked at."""
        what = self._aside.get(ref, ("", ""))[1]
        return [Problem(ref, what)] if what else []

    def refs_aside(self) -> list[str]:
        return list(self._aside)

    def forget(self, ref: str) -> None:
        self._aside.pop(ref, None)

    def cursor(self) -> str:
        known = {"for": self._fingerprint, "table": self.table, "aside": self._aside}
        return json.dumps(known, separators=(",", ":"), ensure_ascii=False)
