"""One answer of a delta query (https://learn.microsoft.com/graph/delta-query-overview): what changed, and where it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.errors import Unavailable
from service.integrations.microsoft.graph import Graph


@dataclass(frozen=True, slots=True)
class Round:
    """`link` is kept as it was handed out, below the version: it is opaque, and never said to anybody."""

    items: tuple[dict[str, Any], ...]
    link: str
    done: bool  # whether this was the last of its round: the link then tells of what changes from now on


def read_round(said: Any, graph: Graph) -> Round:
    """Raises Unavailable where an answer is cut off: without a link nobody could go on."""
    items, following, delta = said.get("value"), said.get("@odata.nextLink"), said.get("@odata.deltaLink")
    link = following or delta
    if not isinstance(items, list) or not isinstance(link, str):
        raise Unavailable("Microsoft's answer has no end: it is tried again")
    kept = tuple(one for one in items if isinstance(one, dict) and isinstance(one.get("id"), str))
    return Round(kept, graph.link(link), done=not following)


def removed(item: dict[str, Any]) -> bool:
    """Whatever the reason: "deleted" and "changed" both mean that it is not here any more."""
    return "@removed" in item
