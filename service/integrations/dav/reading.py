"""One collection's changes.

An object's ref is its path, so that one that is gone can be named without asking the store; its stamp is its etag, so that a
resync reads only what changed. An object that holds several UIDs, which none should, has a ref more for each of the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.domain.sync import Change, Delete, Upsert
from service.errors import Rejected, Unavailable
from service.integrations.dav.collections import Collection
from service.integrations.dav.objects import Body, fetch
from service.integrations.dav.reports import Seen, TokenLost, changes, hrefs, inventory
from service.integrations.dav.vocabulary import Kind
from service.integrations.files.pages import MOST
from service.integrations.files.progress import Progress

FORMAT = 1
"""Part of every stamp and cursor: raised when objects are read differently, so that all are read once more."""


class States:
    """What the cursor remembers of each collection by its path: the token that it was read to, and its marks of before that.

    The marks are the token and ctag that the listing shows. Both have to be as they were: servers are known that show one and
    never change it.
    """

    def __init__(self, progress: Progress) -> None:
        table = progress.table
        self._at: dict[str, Any] = table.setdefault("at", {})
        self._several: dict[str, list[str]] = table.setdefault("several", {})

    def knows(self, path: str) -> bool:
        return path in self._at

    def paths(self) -> list[str]:
        return list(self._at)

    def token(self, collection: Collection) -> str:
        return str(self._at.get(collection.path, [""])[0])

    def is_current(self, collection: Collection) -> bool:
        marks = _marks(collection)
        return any(marks) and self._at.get(collection.path, [""])[1:] == marks

    def keep(self, collection: Collection, token: str, *, whole: bool = True) -> None:
        """The marks are those of before it was read: what came in between is looked for once more."""
        self._at[collection.path] = [token, *(_marks(collection) if whole else ())]

    def forget(self, path: str) -> None:
        self._at.pop(path, None)
        for one in [one for one in self._several if one.startswith(path)]:
            del self._several[one]

    def replace(self, path: str, refs: list[str]) -> list[str]:
        """The refs that an object has besides its path. Returns those that it had and has no more."""
        before = self._several.pop(path, [])
        if refs:
            self._several[path] = refs
        return [ref for ref in before if ref not in refs]


@dataclass(slots=True)
class CollectionReader:
    kind: Kind
    progress: Progress
    states: States
    held: Mapping[str, str]
    clock: Callable[[], datetime]

    def changes(self, collection: Collection) -> Iterator[Change]:
        """None at all, and no request, where its token or ctag is as it was."""
        if self.states.is_current(collection):
            return
        if token := self.states.token(collection):
            try:
                yield from self._since(collection, token)
            except TokenLost:
                pass
            else:
                return
        yield from self._anew(collection)

    def _since(self, collection: Collection, token: str) -> Iterator[Change]:
        """`held` is left alone: whoever deletes what was never held does no harm."""
        for delta in changes(collection, token):
            yield from self._read(collection, delta.changed, delta.changed)
            for path in sorted(delta.gone):
                yield from self._gone(path)
            self.states.keep(collection, delta.token, whole=not delta.more)

    def _anew(self, collection: Collection) -> Iterator[Change]:
        """All etags against what is held. A first sync that was cut off goes on so, too."""
        seen, token = inventory(collection)
        stale = [path for path, one in seen.items() if not self._is_known(path, one)]
        self.progress.total = (self.progress.total or 0) + len(stale)
        for change in self._read(collection, self._ordered(collection, stale, seen), seen):
            if self._is_news(change):
                yield change
        for path in self.progress.refs_aside():
            if path.startswith(collection.path) and path not in seen:
                self.progress.forget(path)
        gone = [ref for ref in self.held if ref.startswith(collection.path) and ref.partition("#")[0] not in seen]
        yield from map(Delete, gone)
        self.states.keep(collection, token)

    def _is_news(self, change: Change) -> bool:
        if isinstance(change, Upsert):
            return self.held.get(change.ref) != change.stamp
        return not isinstance(change, Delete) or change.ref in self.held

    def _is_known(self, path: str, seen: Seen) -> bool:
        return bool(seen.etag) and (self.held.get(path) == _stamp(seen.etag) or self.progress.is_aside(path, seen.etag))

    def _ordered(self, collection: Collection, paths: list[str], seen: Mapping[str, Seen]) -> list[str]:
        """What matters in these days first, then what was changed last."""
        soon: set[str] = set()
        if len(paths) > MOST and (query := self.kind.soon(self.clock())):
            with suppress(Unavailable, Rejected):
                soon = hrefs(collection, query)
        return sorted(paths, key=lambda path: (path in soon, seen[path].modified_at, path), reverse=True)

    def _read(self, collection: Collection, paths: Iterable[str], seen: Mapping[str, Seen]) -> Iterator[Change]:
        for body in fetch(collection, self.kind.words, list(paths)):
            self.progress.forget(body.path)
            etag = body.etag or seen[body.path].etag
            if body.fault:
                self.progress.set_aside(body.path, etag, body.fault)
            elif body.data is None:
                yield from self._gone(body.path)
            else:
                yield from self._understood(collection, body, body.data, etag)

    def _understood(self, collection: Collection, body: Body, data: bytes, etag: str) -> Iterator[Change]:
        """What it holds but nobody can read stays as it was."""
        reading = self.kind.read(data, body.path, collection.name)
        if reading.wrong or not reading.items:
            self.progress.set_aside(body.path, etag, "; ".join(dict.fromkeys(reading.wrong))[:500])
        if reading.wrong and not reading.items:
            return
        if not reading.items:
            yield from self._gone(body.path, keep_aside=True)
            return
        stamp = _stamp(etag or hashlib.blake2b(data, digest_size=16).hexdigest())
        refs = [body.path if not number else f"{body.path}#{key}" for number, (key, _) in enumerate(reading.items)]
        for ref, (_, item) in zip(refs, reading.items, strict=True):
            yield Upsert(item, ref, stamp)
        yield from map(Delete, self.states.replace(body.path, refs[1:]))

    def _gone(self, path: str, *, keep_aside: bool = False) -> Iterator[Change]:
        if not keep_aside:
            self.progress.forget(path)
        yield Delete(path)
        yield from map(Delete, self.states.replace(path, []))


def _marks(collection: Collection) -> list[str]:
    return [collection.token, collection.ctag]


def _stamp(etag: str) -> str:
    return f"{FORMAT}:{etag}"
