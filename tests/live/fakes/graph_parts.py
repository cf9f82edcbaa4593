"""What the parts of the fake Graph share: a request taken apart, and how it is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.live.fakes.serving import Said


class Wrong(Exception):
    """https://learn.microsoft.com/graph/errors."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        self.said = Said(
            status, {"error": {"code": code, "message": message, "innerError": {"request-id": "r-1"}}}, headers or {}
        )


def wrong(code: str, message: str) -> Wrong:
    return Wrong(400, code, message)


NOT_FOUND = Wrong(404, "ErrorItemNotFound", "The specified object was not found in the store.")
GONE = Wrong(410, "syncStateNotFound", "The sync state generation is not found.")


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    who: str
    path: str  # below the mailbox
    query: Mapping[str, str]
    prefer: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    scopes: frozenset[str]

    @property
    def segments(self) -> list[str]:
        return self.path.strip("/").split("/")

    @property
    def immutable(self) -> bool:
        return self.prefer.get("idtype") == "ImmutableId"

    @property
    def json(self) -> dict[str, Any]:
        if "application/json" not in self.headers.get("content-type", ""):
            raise wrong("RequestBodyRead", "A Content-Type of application/json is needed.")
        said = json.loads(self.body)
        assert isinstance(said, dict)
        return said

    def needs(self, *scopes: str) -> None:
        if not self.scopes & set(scopes):
            raise Wrong(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")

    def takes(self, *params: str) -> None:
        if strange := set(self.query) - set(params):
            raise wrong("RequestBroker--ParseUri", f"The query parameter {sorted(strange)} is not supported.")

    def select(self, known: frozenset[str]) -> frozenset[str]:
        if "$select" not in self.query:
            return known
        named = frozenset(self.query["$select"].split(","))
        if strange := named - known:
            raise wrong("RequestBroker--ParseUri", f"Could not find a property named '{sorted(strange)[0]}'.")
        return named | {"id"}

    def size(self, usual: int, most: int = 1000) -> int:
        said = self.query.get("$top") or self.prefer.get("odata.maxpagesize") or str(usual)
        if not said.isdigit() or not 1 <= int(said) <= most:
            raise wrong("ErrorInvalidRequest", "The page size is out of range.")
        return int(said)

    def token(self) -> str:
        return self.query.get("$deltatoken") or self.query.get("$skiptoken") or ""
