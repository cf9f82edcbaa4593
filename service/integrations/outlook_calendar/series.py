"""What occurrences share with their series: a delta tells of them by little more than their times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.integrations.microsoft.batches import Ask
from service.integrations.microsoft.graph import IMMUTABLE, Graph
from service.integrations.outlook_calendar.blocks import Block

PAGE = 150
PREFER = (
    IMMUTABLE,
    'outlook.timezone="UTC"',
    f"odata.maxpagesize={PAGE}",
)
MASTER = "seriesMaster"


class Masters:
    """Of one sync."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[str, Mapping[str, Any]] = {}  # an empty one for a series that is not there (a poll for a time)

    def note(self, master: Mapping[str, Any]) -> None:
        self._known[master["id"]] = master

    def find(self, ids: Sequence[str]) -> None:
        """Asks for those that no delta has told of."""
        unknown = sorted({id for id in ids if id not in self._known})
        for id, said in zip(unknown, self.whole(unknown), strict=True):
            self._known[id] = said or {}

    def whole(self, ids: Sequence[str]) -> list[dict[str, Any] | None]:
        """Events with all that they say, in the order of `ids`; None for those that are gone."""
        found: list[dict[str, Any] | None] = []
        for id, part in zip(ids, self._graph.batch([Ask(self._graph.path(f"/events/{id}"), PREFER) for id in ids]), strict=True):
            if part.ok and isinstance(part.body, dict):
                found.append(part.body | {"id": id})
            elif part.status == 404:
                found.append(None)
            else:
                raise self._graph.refused(part)
        return found

    def completed(self, item: Mapping[str, Any]) -> Mapping[str, Any]:
        """An occurrence with what its series says."""
        master = self._known.get(str(item.get("seriesMasterId") or ""), {})
        return {**{k: v for k, v in master.items() if k not in {"recurrence", "originalStart"}}, **item}

    def uid(self, item: Mapping[str, Any]) -> str:
        """The series': occurrences have an iCalUId each."""
        master = self._known.get(str(item.get("seriesMasterId") or ""), {})
        return str(master.get("iCalUId") or item.get("iCalUId") or item["id"])

    def instances(self, ids: Sequence[str], block: Block) -> Iterator[dict[str, Any]]:
        """All of these series in a block, whole. https://learn.microsoft.com/graph/api/event-list-instances"""
        for part in self._graph.batch([Ask(self._instances_link(id, block), PREFER) for id in ids]):
            if part.status == 404:
                continue
            if not part.ok or not isinstance(part.body, dict):
                raise self._graph.refused(part)
            said = part.body
            while True:
                yield from (one for one in said.get("value") or () if isinstance(one, dict) and "id" in one)
                if not (following := said.get("@odata.nextLink")):
                    break
                said = self._graph.follow(self._graph.link(following), PREFER)

    def _instances_link(self, id: str, block: Block) -> str:
        window = {"startDateTime": f"{block.start:%Y-%m-%dT%H:%M:%SZ}", "endDateTime": f"{block.end:%Y-%m-%dT%H:%M:%SZ}"}
        return self._graph.path(f"/events/{id}/instances", {**window, "$top": PAGE})


def is_poor(item: Mapping[str, Any]) -> bool:
    """Whether Graph sent only a part of it."""
    return "subject" not in item or "start" not in item
