"""Through many objects, a page at a time, from the highest id down: the newest come first, and a crash loses no place.

A search shows at most 10,000 results, and a page of it may move while it is read; so every page is the first one of its own
search, for the ids below those that were read. Ids are never equal and never change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from service.domain.sync import Change, Delete
from service.errors import Unavailable
from service.integrations.hubspot.api import Filter
from service.integrations.hubspot.changes import Changes
from service.integrations.hubspot.items import ref, stamp
from service.integrations.hubspot.kinds import Kind
from service.integrations.hubspot.rows import Row
from service.integrations.hubspot.state import Seen, Walk

ID = "hs_object_id"


@dataclass(slots=True)
class Walks:
    """`held` is only looked at by a walk that compares."""

    changes: Changes
    held: Mapping[str, str]
    _ids: dict[str, list[int]] = field(default_factory=dict)

    def step(self, kind: Kind, seen: Seen) -> Iterator[Change]:
        """One page of the first walk of this kind, which is then a page further, or at its end."""
        walk = seen.walks[0]
        filters = [Filter(kind.modified, "GTE", walk.since)] if walk.since else []
        filters += [Filter(ID, "LT", walk.below)] if walk.below is not None else []
        whole = not walk.since and not walk.compare
        found = self.changes.api.search(kind, kind.asked if whole else [kind.modified], ID, filters)
        rows = sorted(found.rows, key=lambda row: row.id, reverse=True)
        low = rows[-1].id if rows else None
        if walk.below is not None and rows and rows[0].id >= walk.below:
            raise Unavailable("HubSpot's search did not keep to its condition: it is tried again")
        if walk.since:
            yield from self.changes.of(kind, [row.id for row in rows], walk.since)
        elif walk.compare:
            yield from self._compared(kind, walk, rows, low if found.more else None)
        else:
            yield from self.changes.translation.upserts(kind, rows)
        if found.more and low is not None:
            walk.below = low
        else:
            seen.walks.remove(walk)

    def _compared(self, kind: Kind, walk: Walk, rows: Sequence[Row], low: int | None) -> Iterator[Change]:
        """`low`: None where the page is the last one, and all that is held below it is gone."""
        there = {row.id for row in rows}
        yield from (Delete(ref(kind, id)) for id in self._below(kind, walk.below, low) if id not in there)
        made_for = self.changes.translation.made_for
        changed = [row.id for row in rows if self._held(ref(kind, row.id)) != stamp(row, made_for)]
        yield from self.changes.translation.upserts(kind, list(self.changes.api.read(kind, changed, kind.asked)))

    def _held(self, key: str) -> str | None:
        return self.changes.told.get(key) or self.held.get(key)

    def _below(self, kind: Kind, below: int | None, low: int | None) -> Iterator[int]:
        """Of the ids held, those from the top of this page to its end."""
        ids = self._ids.get(kind.name)
        if ids is None:
            prefix = f"{kind.name}/"
            ids = self._ids[kind.name] = sorted(int(key[len(prefix) :]) for key in self.held if key.startswith(prefix))
        while ids and below is not None and ids[-1] >= below:
            ids.pop()
        while ids and (low is None or ids[-1] >= low):
            yield ids.pop()
