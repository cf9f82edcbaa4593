"""Which folders there are, and which of them are read (https://learn.microsoft.com/graph/api/resources/mailfolder)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from service.integrations.microsoft.batches import Ask
from service.integrations.microsoft.graph import Graph
from service.integrations.microsoft.rounds import removed
from service.integrations.outlook.state import Folder, State

SKIPPED = (
    "deleteditems",
    "junkemail",
    "drafts",
    "outbox",
    "conversationhistory",
    "recoverableitemsdeletions",
    "scheduled",
    "syncissues",
    "conflicts",
    "localfailures",
    "serverfailures",
)
"""Well-known names; a mailbox that lacks one answers 404 for it."""
DEEPEST = 50


def first_link(graph: Graph) -> str:
    return graph.path("/mailFolders/delta", {"$select": "displayName,parentFolderId,totalItemCount"})


def skipped_ids(graph: Graph) -> list[str]:
    """Folders are known by their ids, whatever they are called in the mailbox's language."""
    asks = [Ask(graph.path(f"/mailFolders/{name}", {"$select": "displayName"})) for name in SKIPPED]
    return [str(part.body["id"]) for part in graph.batch(asks) if part.ok and isinstance(part.body, dict) and "id" in part.body]


def note(state: State, items: Iterable[Mapping[str, Any]]) -> None:
    """What a delta of the folders says: parts of a folder where only these changed."""
    for one in items:
        if removed(dict(one)):
            state.folders.pop(one["id"], None)
            continue
        folder = state.folders.setdefault(one["id"], Folder(one["id"]))
        folder.name = str(one.get("displayName") or folder.name)
        folder.parent = str(one.get("parentFolderId") or folder.parent)
        folder.total = int(one.get("totalItemCount") or 0) if "totalItemCount" in one else folder.total
        folder.search = folder.search or str(one.get("@odata.type", "")).endswith("mailSearchFolder")


def path(folder: Folder, state: State) -> str:
    """As a person would say it: "Inbox/Projects"."""
    return "/".join(reversed([one.name for one in _upwards(folder, state)]))


def wanted(state: State, skip: Sequence[str]) -> list[Folder]:
    """Those that are read, in no order."""
    names = {name.strip("/").lower() for name in skip}
    return [folder for folder in state.folders.values() if not folder.search and not _is_out(folder, state, names)]


def _is_out(folder: Folder, state: State, names: set[str]) -> bool:
    above = list(_upwards(folder, state))
    return any(one.id in state.skipped or path(one, state).lower() in names for one in above)


def _upwards(folder: Folder, state: State) -> Iterator[Folder]:
    """It and those above it; the root is not among the folders that Graph lists."""
    for _ in range(DEEPEST):
        yield folder
        above = state.folders.get(folder.parent)
        if above is None or above is folder:
            return
        folder = above
