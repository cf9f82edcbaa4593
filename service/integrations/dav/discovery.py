"""From an address, a server, a principal or a collection to where the collections are (RFC 6764 section 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from service.errors import ExternalError, Rejected, Unavailable
from service.http import Refused
from service.integrations.dav.collections import listing
from service.integrations.dav.places import folder_of, host, may_lead, origin, path_of
from service.integrations.dav.resolver import Lookup, services
from service.integrations.dav.server import Denied, Elsewhere, Reply, Server
from service.integrations.dav.vocabulary import Words
from service.integrations.dav.xml import D, Found

_MOST_HOMES = 10
_WELL_KNOWN = "/.well-known/"
_PRINCIPAL = f"{D}current-user-principal"


@dataclass(frozen=True, slots=True)
class Start:
    """Where reading begins: a home whose collections are listed, or one collection."""

    url: str
    depth: int  # of the PROPFIND: 1 for a home, 0 for a collection


@dataclass(frozen=True, slots=True)
class Discovery:
    words: Words
    server: Callable[[str], Server]
    """For the host of a URL; asked only for those that the password may be shown to."""
    lookup: Lookup | None

    def starts(self, place: str) -> list[Start]:
        """`place` is an address such as mara@keller.example, or a URL. Raises Rejected where no way leads on, AccessLost, Unavailable."""
        failed: ExternalError | None = None
        tried: set[str] = set()
        for url in self._candidates(place):
            if url in tried:
                continue
            tried.add(url)
            try:
                if found := self._from(url, exactly=url == place):
                    return found
            except Refused:
                continue  # nothing is there, or no WebDAV
            except Denied as error:
                failed = failed or error
            except Unavailable as error:
                if "://" in place:
                    raise
                failed = failed or error
        raise failed or Rejected(
            f"{host(place) or place} names no {self.words.many}: set `url` to the address that your provider gives"
        )

    def _candidates(self, place: str) -> Iterator[str]:
        """DNS says more than the well-known address does, where it can be asked (RFC 6764 section 6, step 2)."""
        if "://" in place:
            yield place
            yield from self._usual(origin(place))
            return
        domain = place.rpartition("@")[2]
        for url in services(self.lookup, self.words.service, domain) if self.lookup else ():
            yield url
            yield from self._usual(origin(url))
        yield from self._usual(f"https://{domain}")

    def _usual(self, start: str) -> Iterator[str]:
        yield f"{start}{_WELL_KNOWN}{self.words.well_known}"
        yield f"{start}/"

    def _from(self, url: str, *, exactly: bool) -> list[Start]:
        """RFC 6764 section 5: the well-known address redirects to the context path, on whatever host that is."""
        try:
            return self._look(url, exactly=exactly)
        except Elsewhere as elsewhere:
            if _WELL_KNOWN not in url or not may_lead(url, elsewhere.url):
                raise
            return self._look(elsewhere.url, exactly=False)

    def _look(self, url: str, *, exactly: bool) -> list[Start]:
        """`exactly`: it may be the collection, or the home of somebody else that is meant, rather than the person's own."""
        names = (f"{D}resourcetype", _PRINCIPAL, self.words.home)
        reply = self._ask(url, *names)
        one = _itself(reply)
        if self.words.collection in one.types():
            return [Start(reply.url, 0)]
        if homes := self._homes(reply, one):
            return homes
        if exactly and path_of(url, "/") != "/" and self._holds_some(reply.url):
            return [Start(reply.url, 1)]
        for principal in self._led(reply, one, _PRINCIPAL):
            reply = self._ask(principal, self.words.home)
            if homes := self._homes(reply, _itself(reply)):
                return homes
        return []

    def _ask(self, url: str, *names: str) -> Reply:
        return self.server(url).propfind(path_of(url, "/"), *names)

    def _homes(self, reply: Reply, one: Found) -> list[Start]:
        return [Start(url, 1) for url in self._led(reply, one, self.words.home)][:_MOST_HOMES]

    def _led(self, reply: Reply, one: Found, name: str) -> Iterator[str]:
        """An address within the answer: on the same host, or where an encrypted answer says."""
        for href in one.hrefs(name):
            there = origin(href) or origin(reply.url)
            if host(there) != host(reply.url) and not may_lead(reply.url, there):
                raise Elsewhere(reply.url, there)
            same = host(there) == host(reply.url)  # a server behind a proxy knows neither its port nor its encryption
            yield (origin(reply.url) if same else there) + folder_of(href, path_of(reply.url, "/"))

    def _holds_some(self, url: str) -> bool:
        with suppress(Rejected, Denied):
            return bool(listing(self.server(url), path_of(url, "/"), self.words, 1).collections)
        return False


def _itself(reply: Reply) -> Found:
    asked = folder_of(reply.url, "/")
    found = list(reply.found)
    return next((one for one in found if folder_of(one.href, asked) == asked), found[0] if found else Found("", 404, {}))
