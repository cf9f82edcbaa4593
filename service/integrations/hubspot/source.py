"""One HubSpot account: contacts, deals and what was noted, with the companies and owners they name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from service.domain.sync import Change, Delete, Page
from service.errors import AccessLost, ExternalError, Rejected
from service.integrations.hubspot import kinds, state
from service.integrations.hubspot.api import Api
from service.integrations.hubspot.changes import Changes
from service.integrations.hubspot.directory import Directory
from service.integrations.hubspot.items import Translation
from service.integrations.hubspot.kinds import Kind
from service.integrations.hubspot.rows import since_epoch
from service.integrations.hubspot.state import State
from service.integrations.hubspot.walks import Walks
from service.ports import Check, Surroundings

PAGE = 200
LEADING = 3
"""Kinds that are asked for at every sync. The others are when one of these changed, since HubSpot notes on a record when something
was last logged on it; and every REST, so that nothing depends on that."""
REST = 15 * 60_000  # milliseconds


class HubSpot:
    def __init__(self, api: Api, objects: Sequence[str], at: Surroundings) -> None:
        self._api, self._at = api, at
        self._objects = frozenset(objects)
        self._kinds = kinds.of(objects)
        own = ",".join((*sorted(self._objects), at.person.timezone, *sorted(at.person.emails)))
        self._made_for = hashlib.blake2b(own.encode(), digest_size=4).hexdigest()

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        """What changed first, then history from the newest down, a page of each kind in turn. Raises Unavailable, AccessLost, Rejected."""
        now = self._at.clock()
        kept = state.read(cursor, self._made_for, now)
        kept = kept if kept and all(kind.name in kept.seen for kind in self._kinds) else None
        directory = Directory(self._api, self._objects)
        translation = Translation(directory, self._at.account, self._at.person, self._made_for)
        here = kept or State(since_epoch(now))
        changes = Changes(self._api, translation, here, self._kinds, since_epoch(now))
        yield from _Run(self._kinds, changes, Walks(changes, held), self._made_for, resync=kept is None).pages()

    def check(self) -> Check:
        """Asks for each kind once, so that every scope that is missing is named at once."""
        try:
            counts, lost = self._counts()
            account = self._account()
        except ExternalError as error:
            counts, lost, account = [], [error], ""
        if lost:
            says, fix = lost[0].args[0].split(": ", 1) if ": " in str(lost[0]) else (str(lost[0]), "try it again later")
            says = "; ".join(dict.fromkeys([says, *(str(e).partition(": ")[0] for e in lost[1:])]))
            return Check(ok=False, says=says, fix=fix)
        return Check(ok=True, says=f"HubSpot{account}: {', '.join(counts) or 'reachable'}")

    def _account(self) -> str:
        try:
            return f" account {self._api.account().get('portalId', '')}".rstrip()
        except Rejected:
            return ""

    def close(self) -> None:
        self._api.close()

    def _counts(self) -> tuple[list[str], list[ExternalError]]:
        counts, lost = list[str](), list[ExternalError]()
        for kind in self._kinds:
            try:
                total = self._api.search(kind, [kind.modified], kind.modified, limit=1).total
                counts.append(f"{max(total, 0):,} {kind.name}")
            except AccessLost as error:
                lost.append(error)
        if "owners" in self._objects:
            try:
                next(self._api.owners(archived=False), None)
            except AccessLost as error:
                lost.append(error)
        return counts, lost


@dataclass(slots=True)
class _Run:
    """One sync."""

    kinds: Sequence[Kind]
    changes: Changes
    walks: Walks
    made_for: str
    resync: bool

    def pages(self) -> Iterator[Page]:
        yield from self._begun() if self.resync else self._looked()
        seen = self.changes.state.seen
        while any(one.walks for one in seen.values()):
            for kind in self.kinds:
                if seen[kind.name].walks:
                    yield from self._paged(self.walks.step(kind, seen[kind.name]))
        yield self._page(())

    def _begun(self) -> Iterator[Page]:
        """As if for the first time; what is held is compared."""
        self.changes.state.asked = self.changes.now
        names = tuple(f"{kind.name}/" for kind in self.kinds if kind.is_item)
        foreign = [Delete(key) for key in self.walks.held if not (key.startswith(names) and key.partition("/")[2].isdigit())]
        compare = len(self.walks.held) > 0
        for kind in self.kinds:
            self.changes.begin(kind, compare=compare)
        yield from self._paged(iter(foreign))

    def _looked(self) -> Iterator[Page]:
        here = self.changes.state
        due = abs(self.changes.now - here.asked) >= REST
        for number, kind in enumerate(self.kinds):
            if number >= LEADING and not due:
                return
            some = False
            for page in self._paged(self.changes.since(kind, thorough=due)):
                some = True
                yield page
            due = due or some or bool(here.seen[kind.name].walks)
        here.asked = self.changes.now

    def _paged(self, changes: Iterable[Change]) -> Iterator[Page]:
        """The cursor moves on with the last of them: after a crash before it, they are read again. No page where there are none."""
        some: list[Change] = []
        before = self._cursor()
        for change in changes:
            if len(some) == PAGE:
                yield self._page(some, before)
                some = []
            some.append(change)
        if some:
            yield self._page(some)

    def _page(self, changes: Sequence[Change], cursor: str | None = None) -> Page:
        seen = self.changes.state.seen
        history = any(not walk.since for one in seen.values() for walk in one.walks)
        total = sum(max(seen[kind.name].total, 0) for kind in self.kinds if kind.is_item and kind.name in seen)
        return Page(tuple(changes), cursor or self._cursor(), total=total if history else None)

    def _cursor(self) -> str:
        return self.changes.state.write(self.made_for)
