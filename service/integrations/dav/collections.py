"""The calendars or address books of a home, each with what changes when anything in it does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from service.integrations.dav.places import folder_of, path_of
from service.integrations.dav.server import Reply, Server
from service.integrations.dav.vocabulary import Words
from service.integrations.dav.xml import CS, D, Found

_ASKED = (f"{D}resourcetype", f"{D}displayname", f"{D}sync-token", f"{CS}getctag")


@dataclass(frozen=True, slots=True)
class Collection:
    path: str
    name: str
    server: Server
    token: str  # RFC 6578 section 4; "" where the server has none
    ctag: str  # calendarserver's caldav-ctag; "" likewise

    def is_called(self, name: str) -> bool:
        return name.strip().casefold() in {self.name.casefold(), self.path.rstrip("/").rpartition("/")[2].casefold()}


@dataclass(slots=True)
class Listing:
    """`doubtful` are paths that are there, and nobody could say what they are."""

    collections: list[Collection] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)

    def add(self, other: Listing) -> None:
        known = {one.path for one in self.collections}
        self.collections += [one for one in other.collections if one.path not in known]
        self.doubtful |= other.doubtful


def listing(server: Server, path: str, words: Words, depth: int) -> Listing:
    """What is directly in a home (depth 1), or the collection itself (depth 0). Raises as `Server.propfind`."""
    return read_listing(server, server.propfind(path, *_ASKED, depth=depth), words)


def read_listing(server: Server, reply: Reply, words: Words) -> Listing:
    asked = path_of(reply.url, "/")
    found = Listing()
    for one in reply.found:
        path = folder_of(one.href, asked)
        if words.collection in one.types():
            name = one.text(f"{D}displayname") or path.rstrip("/").rpartition("/")[2]
            found.collections.append(Collection(path, name, server, one.text(f"{D}sync-token"), one.text(f"{CS}getctag")))
        elif _is_doubtful(one):
            found.doubtful.add(path)
    return found


def choose(found: Sequence[Collection], names: Iterable[str], skip: Iterable[str]) -> tuple[list[Collection], list[str]]:
    """Those that are to be read, by name or by the last part of their address; and the names that nothing is called by."""
    wanted = list(names)
    missing = [name for name in wanted if not any(one.is_called(name) for one in found)]
    chosen = [one for one in found if not wanted or any(one.is_called(name) for name in wanted)]
    return [one for one in chosen if not any(one.is_called(name) for name in skip)], missing


def _is_doubtful(one: Found) -> bool:
    return one.status not in {404, 410} and f"{D}resourcetype" not in one.props
