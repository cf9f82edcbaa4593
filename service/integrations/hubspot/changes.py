"""What changed of one kind since the last look: one request where nothing did.

A search without conditions, the newest modification first, tells both what changed and how many there are; where that number is
not what the changes explain, something was deleted (https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field

from service.domain.sync import Change, Delete, Upsert
from service.integrations.hubspot.api import Api, Found
from service.integrations.hubspot.items import Translation, ref
from service.integrations.hubspot.kinds import Kind
from service.integrations.hubspot.rows import Row
from service.integrations.hubspot.state import LOOK, MOST_GONE, OVERLAP, Seen, State, Walk, appeared

MOST_ARCHIVED = 20
"""Pages of deleted objects, or as many as it takes to compare everything: where there are more, that costs less."""
SECOND = 1000


@dataclass(slots=True)
class Changes:
    api: Api
    translation: Translation
    state: State
    kinds: Sequence[Kind]
    now: int
    told: dict[str, str] = field(default_factory=dict)  # what this sync's looks brought

    def look(self, kind: Kind) -> Found:
        return self.api.search(kind, [kind.modified], kind.modified, limit=LOOK)

    def begin(self, kind: Kind, *, compare: bool) -> None:
        """What is there already comes by a walk; from this moment on, what changes is seen by looks."""
        found = self.look(kind)
        seen = self.state.seen[kind.name] = Seen()
        seen.look(found.rows, found.total)
        seen.gone = seen.mark
        if kind.is_item:
            seen.walks.append(Walk(compare=compare))

    def since(self, kind: Kind, *, thorough: bool) -> Iterator[Change]:
        """`thorough`: deletions are looked for as well where HubSpot does not say how many objects there are."""
        seen, found = self.state.seen[kind.name], self.look(kind)
        fresh = seen.fresh(found.rows)
        many = found.more and bool(fresh) and min(found.rows, key=lambda r: r.modified) in fresh
        expected = seen.total + appeared(fresh, seen)
        gone = merged = 0
        if many or (found.total != expected if found.total >= 0 else thorough):
            gone = yield from self._gone(kind, seen, found.total)
        if many:
            seen.walks.append(Walk(since=max(seen.floor, 1)))
        else:
            for change in self.of(kind, [row.id for row in fresh], seen.floor):
                merged += isinstance(change, Delete)
                self._note(change)
                yield change
            if kind.is_item and found.total >= 0 and found.total not in {expected - gone, expected - gone - merged}:
                seen.owed = True
        self._compare(seen, found.total)
        seen.look(found.rows, found.total)

    def _note(self, change: Change) -> None:
        if isinstance(change, Upsert):
            self.told[change.ref] = change.stamp

    def _compare(self, seen: Seen, total: int) -> None:
        """Where the number is not explained: something was restored, or merged and deleted, or is shown hours late. All are compared,
        but the more there are, the less often: it takes a request for each 200.
        """
        if seen.owed and abs(self.now - seen.compared) >= total * SECOND:
            seen.owed, seen.compared = False, self.now
            seen.walks.append(Walk(compare=True))

    def of(self, kind: Kind, ids: Sequence[int], floor: int) -> Iterator[Change]:
        """These, and whatever repeats a name or address of theirs that changed since `floor`."""
        if not ids:
            return
        rows = list(self.api.read(kind, ids, kind.asked, kind.names))
        if kind.is_item:
            yield from self.translation.upserts(kind, rows)
            yield from (Delete(ref(kind, id)) for row in rows for id in row.merged if id != row.id)
        else:
            for row in rows:
                self.translation.directory.firms.pop(row.id, None)
        renamed = [r.id for r in rows if not r.changed or any(at >= floor for at in r.changed.values())] if kind.names else []
        for other in self._repeating(kind) if renamed else ():
            yield from self._again(kind, other, renamed)

    def _repeating(self, kind: Kind) -> list[Kind]:
        if kind.name == "companies":
            return [k for k in self.kinds if k.name in {"contacts", "deals"}]
        return [k for k in self.kinds if k.name == "deals" or k.activity]

    def _again(self, kind: Kind, other: Kind, ids: Sequence[int]) -> Iterator[Change]:
        found = self.api.associated(kind.name, other.name, ids)
        seen = self.state.seen.get(other.name, Seen())
        wanted = sorted({to for some in found.values() for to in some if not seen.unread(to)}, reverse=True)
        for start in range(0, len(wanted), LOOK):
            rows = list(self.api.read(other, wanted[start : start + LOOK], other.asked))
            yield from self.translation.upserts(other, rows)

    def _gone(self, kind: Kind, seen: Seen, total: int) -> Generator[Change, None, int]:
        """Deletions are known by when they were made, not by the order they are listed in. Returns how many there were."""
        newest, lately = seen.gone, list[Row]()
        for number, rows in enumerate(self.api.archived(kind)):
            if number >= max(MOST_ARCHIVED, total // kind.page):
                seen.owed = kind.is_item
                break
            newest = max((newest, *(row.archived for row in rows)))
            lately += [row for row in rows if row.archived >= seen.gone - OVERLAP]
        left = frozenset(seen.left)
        there = [row.id for row in lately if row.id not in left and _was_there(row, seen)]
        if kind.is_item:
            yield from (Delete(ref(kind, id)) for id in there if not seen.unread(id))
        seen.left = [row.id for row in lately if row.archived >= newest - OVERLAP][-MOST_GONE:]
        seen.gone = newest
        return len(there)


def _was_there(row: Row, seen: Seen) -> bool:
    """Not what came and went between two looks."""
    return row.created <= seen.mark or row.id in seen.top
