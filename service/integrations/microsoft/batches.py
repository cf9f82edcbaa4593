"""Many requests in one (https://learn.microsoft.com/graph/json-batching)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from service.errors import Unavailable
from service.http import retry_after

MOST = 20


@dataclass(frozen=True, slots=True)
class Ask:
    path: str  # from the version on
    prefer: tuple[str, ...] = ()

    def request(self, id: int) -> dict[str, Any]:
        said: dict[str, Any] = {"id": str(id), "method": "GET", "url": self.path}
        return said | ({"headers": {"Prefer": ", ".join(self.prefer)}} if self.prefer else {})


@dataclass(frozen=True, slots=True)
class Part:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: Any = field(repr=False)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def busy(self) -> bool:
        """It was too much for now: the same may be asked again."""
        return self.status in {408, 424, 429, 503, 504}

    @property
    def broken(self) -> bool:
        """It may be by itself, or by what was asked for: a message that Exchange can't read."""
        return self.status >= 500 and not self.busy

    @property
    def bytes(self) -> bytes | None:
        """What is no JSON comes in base64, some servers' text as it is: no header of a message is valid base64, for its colon."""
        if not isinstance(self.body, str):
            return None
        try:
            return base64.b64decode(self.body.replace("-", "+").replace("_", "/") + "=" * (-len(self.body) % 4), validate=True)
        except (binascii.Error, ValueError):
            return self.body.encode("utf-8", "replace")


def parts(said: Any) -> dict[int, Part]:
    """By the number that was asked. Those of a batch that is still under way are missing, and are asked for again."""
    responses = said.get("responses") if isinstance(said, dict) else None
    if not isinstance(responses, list):
        raise Unavailable("Microsoft answered a batch with something else: it is tried again")
    found = {}
    for one in responses:
        if isinstance(one, dict) and str(one.get("id", "")).isdigit() and isinstance(one.get("status"), int):
            headers = {str(k).lower(): str(v) for k, v in (one.get("headers") or {}).items()}
            found[int(one["id"])] = Part(one["status"], headers, one.get("body"))
    return found


def wait(busy: Sequence[Part], now: datetime) -> timedelta | None:
    """The longest that any of them asks for; None where none does."""
    waits = [retry_after(part.headers.get("retry-after", ""), now) for part in busy]
    return max((one for one in waits if one is not None), default=None)
