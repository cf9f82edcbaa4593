"""What Graph says about a message beside its bytes (https://learn.microsoft.com/graph/api/resources/message)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from service.integrations.files.settings import digest
from service.integrations.microsoft.graph import IMMUTABLE, Graph

SELECT = "receivedDateTime,isRead,isDraft,flag,categories,webLink"
PAGE = 100
PREFER = (IMMUTABLE, f"odata.maxpagesize={PAGE}")


@dataclass(frozen=True, slots=True)
class Mail:
    id: str
    received: str  # as Graph writes it, which sorts by time
    flags: frozenset[str]
    categories: tuple[str, ...]
    url: str

    def stamp(self, prefix: str) -> str:
        """`prefix` stands for how messages are read. A message that was received never changes but for these."""
        coloured = digest(*self.categories)[:6] if self.categories else ""
        return f"{prefix}:{','.join(sorted(self.flags))}:{coloured}"

    @property
    def received_at(self) -> datetime:
        try:
            at = datetime.fromisoformat(self.received)
        except ValueError:
            return datetime.fromtimestamp(0, UTC)
        return at if at.tzinfo else at.replace(tzinfo=UTC)


def read(item: dict[str, Any]) -> Mail | None:
    """None where Graph sent only the parts that changed, which it may (https://learn.microsoft.com/graph/delta-query-overview)."""
    if not item.get("receivedDateTime") or "isRead" not in item:
        return None
    flag = item.get("flag") or {}
    marks = {
        "seen": item.get("isRead") is True,
        "flagged": str(flag.get("flagStatus", "")).lower() == "flagged",
        "draft": item.get("isDraft") is True,
    }
    categories = tuple(sorted(str(one) for one in item.get("categories") or ()))
    flags = frozenset(name for name, there in marks.items() if there)
    return Mail(item["id"], str(item["receivedDateTime"]), flags, categories, str(item.get("webLink") or ""))


def first_link(graph: Graph, folder: str) -> str:
    """Newest first, the one order that a delta of messages has (https://learn.microsoft.com/graph/api/message-delta)."""
    return graph.path(f"/mailFolders/{folder}/messages/delta", {"$select": SELECT, "$orderby": "receivedDateTime desc"})


def newer_link(graph: Graph, folder: str, than: str) -> str:
    asked: dict[str, str | int] = {
        "$select": SELECT,
        "$orderby": "receivedDateTime desc",
        "$top": PAGE,
        "$filter": f"receivedDateTime gt {than}",
    }
    return graph.path(f"/mailFolders/{folder}/messages", asked)


def newest_link(graph: Graph, folder: str) -> str:
    asked: dict[str, str | int] = {"$select": "receivedDateTime", "$orderby": "receivedDateTime desc", "$top": 1}
    return graph.path(f"/mailFolders/{folder}/messages", asked)


def one_link(graph: Graph, id: str) -> str:
    return graph.path(f"/messages/{id}", {"$select": SELECT})


def value_path(graph: Graph, id: str) -> str:
    """https://learn.microsoft.com/graph/outlook-get-mime-message."""
    return graph.path(f"/messages/{id}/$value")
