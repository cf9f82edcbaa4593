"""An account of calendars or address books as a source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from service.domain.sync import Change, Delete, Page, Problem
from service.errors import AccessLost, ExternalError, Rejected, Unavailable
from service.integrations.dav.account import Account
from service.integrations.dav.collections import Collection, Listing
from service.integrations.dav.discovery import Start
from service.integrations.dav.places import host
from service.integrations.dav.reading import FORMAT, CollectionReader, States
from service.integrations.dav.vocabulary import Kind
from service.integrations.files.pages import paged
from service.integrations.files.place import sound, unsound
from service.integrations.files.progress import Progress
from service.integrations.files.settings import digest
from service.ports import Check


class DavSource:
    def __init__(self, kind: Kind, account: Account) -> None:
        self._kind, self._account = kind, account
        wanted = account.wanted
        said = (wanted.place, account.login.user, "\n".join(sorted(wanted.names)), "\n".join(sorted(wanted.skip)))
        self._fingerprint = digest(str(FORMAT), kind.words.home, *said)[:12]

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        progress = Progress(cursor, self._fingerprint)
        return paged(self._changes(held, progress), progress)

    def check(self) -> Check:
        try:
            listed, starts = self._account.look()
            chosen, missing = self._account.choose(listed)
        except ExternalError as error:
            return unsound(error)
        words, where = self._kind.words, host(starts[0].url)
        if missing:
            fix = self._account.correction(listed)
            return Check(ok=False, says=f"{where} has no {words.one} “{'”, “'.join(missing)}”", fix=fix)
        if not chosen:
            return Check(ok=False, says=f"{where} has no {words.one} to read", fix="make one there, or correct `url` and `skip`")
        called = ", ".join(one.name for one in chosen[:10]) + (" …" if len(chosen) > 10 else "")
        return sound(f"{where}: {len(chosen):,} {words.one if len(chosen) == 1 else words.many} ({called})")

    def close(self) -> None:
        self._account.close()

    def _changes(self, held: Mapping[str, str], progress: Progress) -> Iterator[Change | Problem]:
        listed = self._list(progress)
        chosen, missing = self._account.choose(listed)
        states = States(progress)
        orphans = self._leave_out(chosen, listed, states)
        reader = CollectionReader(self._kind, progress, states, held, self._account.clock)
        failures = _Failures()
        for collection in sorted(
            chosen, key=lambda one: not states.knows(one.path)
        ):  # a first sync is long: what is new before it
            with failures.noted(collection):
                yield from reader.changes(collection)
        if orphans is not None:
            yield from (Delete(ref) for ref in held if not ref.startswith(orphans))
            for path in progress.refs_aside():
                if not path.startswith(orphans):
                    progress.forget(path)
        yield from (Problem(name, f"nothing is called so: {self._account.correction(listed)}") for name in missing)
        yield from failures.end(len(chosen))
        yield from (problem for path in progress.refs_aside() for problem in progress.still(path))

    def _list(self, progress: Progress) -> Listing:
        known = [Start(str(url), int(depth)) for url, depth in progress.table.get("starts", ())]
        listed, starts = self._account.look(known)
        progress.table["starts"] = [[one.url, one.depth] for one in starts]
        return listed

    @staticmethod
    def _leave_out(chosen: Sequence[Collection], listed: Listing, states: States) -> tuple[str, ...] | None:
        """Forgets collections that are gone. What lies in none of these paths is gone, too; None where nothing can be."""
        there = {one.path for one in chosen} | listed.doubtful
        gone = [path for path in states.paths() if path not in there]
        fresh = not states.paths()
        for path in gone:
            states.forget(path)
        return tuple(there) if gone or fresh else None


class _Failures:
    """One collection that can't be read keeps no other from being read; a server that is down is not waited for again and again."""

    def __init__(self) -> None:
        self._unavailable: Unavailable | None = None
        self._refused: list[tuple[Collection, ExternalError]] = []

    @contextmanager
    def noted(self, collection: Collection) -> Iterator[None]:
        try:
            yield
        except Unavailable as error:
            if self._unavailable is not None or error.retry_after is not None:
                raise
            self._unavailable = error
        except (AccessLost, Rejected) as error:
            self._refused.append((collection, error))

    def end(self, chosen: int) -> Iterator[Problem]:
        if self._unavailable is not None:
            raise self._unavailable
        if self._refused and len(self._refused) == chosen:
            raise self._refused[0][1]
        yield from (Problem(one.name, f"it is not read: {error}") for one, error in self._refused)
