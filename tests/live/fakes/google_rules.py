"""What all of Google's APIs have in common: how they refuse, and how they answer with some fields only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any


class Fault(Exception):
    """`flat`: as the token endpoint says it (RFC 6749 section 5.2)."""

    def __init__(
        self, status: int, reason: str, message: str, headers: Mapping[str, str] | None = None, *, flat: bool = False
    ) -> None:
        super().__init__(message)
        self.status, self.headers = status, dict(headers or {})
        domain = "usageLimits" if "imit" in reason else "global"
        error: Any = {"code": status, "message": message, "errors": [{"domain": domain, "reason": reason, "message": message}]}
        self.json = json.dumps({"error": reason, "error_description": message} if flat else {"error": error}).encode()


def partial(answer: Any, selector: str) -> Any:
    """`fields=a,b/c,d(e,f)` (https://developers.google.com/workspace/gmail/api/guides/performance#partial)."""
    return _chosen(answer, _tree(selector))


@cache
def _tree(selector: str) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for one in _split(selector):
        name, mark, rest = one, "", ""
        for at, letter in enumerate(one):
            if letter in "/(":
                name, mark, rest = one[:at], letter, one[at + 1 :]
                break
        if mark == "(" and not rest.endswith(")"):
            raise Fault(400, "invalidParameter", f"Invalid field selection {selector}")
        below = _tree(rest[:-1] if mark == "(" else rest) if mark else {}
        tree[name] = {**tree[name], **below} if tree.get(name) and below else below
    return tree


def _split(selector: str) -> list[str]:
    parts, depth = [""], 0
    for letter in selector:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _chosen(answer: Any, tree: Mapping[str, Any]) -> Any:
    if not tree:
        return answer
    if isinstance(answer, list):
        return [_chosen(one, tree) for one in answer]
    if not isinstance(answer, dict):
        raise Fault(400, "invalidParameter", "Invalid field selection")
    return {name: _chosen(answer[name], below) for name, below in tree.items() if name in answer}
