"""One account: where its collections are, and the servers that they lie on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from service.errors import Rejected
from service.integrations.dav.collections import Collection, Listing, choose, listing
from service.integrations.dav.discovery import Discovery, Start
from service.integrations.dav.places import origin, path_of
from service.integrations.dav.resolver import Lookup
from service.integrations.dav.server import Login, Server
from service.integrations.dav.vocabulary import Words


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the config says is read. No names: all."""

    place: str  # a URL or an e-mail address
    names: Sequence[str] = ()
    skip: Sequence[str] = ()


@dataclass(slots=True)
class Account:
    words: Words
    wanted: Wanted
    login: Login
    clock: Callable[[], datetime]
    lookup: Lookup | None = None
    _servers: dict[str, Server] = field(default_factory=dict)

    def server(self, url: str) -> Server:
        where = origin(url)
        return self._servers.get(where) or self._servers.setdefault(where, Server(where, self.login, self.clock))

    def look(self, known: Sequence[Start] = ()) -> tuple[Listing, Sequence[Start]]:
        """What is there, and where to begin next time. What was `known` is asked alone, as long as it leads somewhere."""
        if known:
            try:
                return self._listed(known), known
            except Rejected:
                pass  # moved, or gone: it is looked for as at the first time
        starts = Discovery(self.words, self.server, self.lookup).starts(self.wanted.place)
        return self._listed(starts), starts

    def close(self) -> None:
        """Idle connections only: it may be asked again."""
        while self._servers:
            self._servers.popitem()[1].close()

    def choose(self, listed: Listing) -> tuple[list[Collection], list[str]]:
        """What is to be read, and the names that nothing is called by. Raises Rejected where they leave nothing."""
        chosen, missing = choose(listed.collections, self.wanted.names, self.wanted.skip)
        if missing and not chosen:
            raise Rejected(f"there is no {self.words.one} “{'”, “'.join(missing)}”: {self.correction(listed)}")
        return chosen, missing

    def correction(self, listed: Listing) -> str:
        called = ", ".join(sorted(one.name for one in listed.collections)[:20]) or "none"
        return f"write `{self.words.setting}` as they are called ({called})"

    def _listed(self, starts: Sequence[Start]) -> Listing:
        found = Listing()
        for start in starts:
            found.add(listing(self.server(start.url), path_of(start.url, "/"), self.words, start.depth))
        return found
