"""From an address, a server, a principal or a collection to where the collections are (RFC 6764 section 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from service.errors import Rejected, Unavailable
from service.http import Refused
from service.integrations.dav.collections import listing
from service.integrations.dav.places import folder_of, host, may_lead, origin, path_of
from service.integrations.dav.resolver import Lookup, services
from service.integrations.dav.server import Elsewhere, Reply, Server
from service.integrations.dav.vocabulary import Words
from service.integrations.dav.xml import D, Found

_MOST_HOMES = 10
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
        """`place` is an address such as mara@keller.example, or a URL. Raises Rejected where no way leads on."""
        found = self._from_url(place) if "://" in place else self._from_domain(place.rpartition("@")[2])
        if not found:
            raise Rejected(
                f"{host(place) or place} names no {self.words.many}: set `url` to the address that your provider gives"
            )
        return found

    def _from_url(self, url: str) -> list[Start]:
        with suppress(Refused):
            if found := self._look(url, exactly=True):
                return found
        return self._well_known(origin(url))

    def _from_domain(self, domain: str) -> list[Start]:
        """DNS says more than the well-known address does, where it can be asked (RFC 6764 section 6, step 2)."""
        for url in services(self.lookup, self.words.service, domain) if self.lookup else ():
            with suppress(Refused, Unavailable):
                if found := self._from_url(url):
                    return found
        return self._well_known(f"https://{domain}")

    def _well_known(self, start: str) -> list[Start]:
        """RFC 6764 section 5: it redirects to the context path, on whatever host that is."""
        url = f"{start}/.well-known/{self.words.well_known}"
        with suppress(Refused):
            try:
                if found := self._look(url):
                    return found
            except Elsewhere as elsewhere:
                if not may_lead(url, elsewhere.url):
                    raise
                if found := self._look(elsewhere.url):
                    return found
        with suppress(Refused):
            return self._look(f"{start}/")
        return []

    def _look(self, url: str, *, exactly: bool = False) -> list[Start]:
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
        with suppress(Rejected):
            return bool(listing(self.server(url), path_of(url, "/"), self.words, 1).collections)
        return False


def _itself(reply: Reply) -> Found:
    asked = folder_of(reply.url, "/")
    found = list(reply.found)
    return next((one for one in found if folder_of(one.href, asked) == asked), found[0] if found else Found("", 404, {}))
