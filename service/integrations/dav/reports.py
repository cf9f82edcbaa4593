"""What changed in a collection: by its sync token (RFC 6578), or by looking at the etags of all that it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from service.errors import Unavailable
from service.http import Refused
from service.integrations.dav.collections import Collection
from service.integrations.dav.places import path_of
from service.integrations.dav.xml import D, Found, MultiStatus, document, element, text

_ETAG, _MODIFIED = f"{D}getetag", f"{D}getlastmodified"
_SORTED_HERE = frozenset({400, 403, 404, 405, 409, 410, 412, 415, 501, 507})
_MOST_ROUNDS = 5000
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class TokenLost(Exception):
    """The server doesn't know this token any more, or has no tokens: all etags are looked at."""


@dataclass(frozen=True, slots=True)
class Seen:
    etag: str  # "" where the server says none
    modified_at: datetime = LONG_AGO


@dataclass(slots=True)
class Delta:
    changed: dict[str, Seen] = field(default_factory=dict)  # by path
    gone: set[str] = field(default_factory=set)
    token: str = ""
    more: bool = False  # the server stopped in the middle (section 3.6): the rest comes with the new token


def changes(collection: Collection, token: str) -> Iterator[Delta]:
    """Since `token`, "" for all that there is. Each is whole in itself, and its token good. Raises TokenLost.

    No limit is asked for: servers are known that answer one by leaving out the rest and calling it all.
    """
    for _ in range(_MOST_ROUNDS):
        delta = _sync(collection, token)
        if not delta.token or (delta.more and delta.token == token):
            raise TokenLost
        yield delta
        if not delta.more:
            return
        token = delta.token
    raise TokenLost


def inventory(collection: Collection) -> tuple[dict[str, Seen], str]:
    """All that is there, and a token that stands for no later than that; "" where there are none."""
    if collection.token:
        try:
            return _by_token(collection)
        except (TokenLost, Refused):
            pass
    reply = collection.server.propfind(collection.path, f"{D}resourcetype", _ETAG, _MODIFIED, depth=1)
    delta = Delta()
    _take(reply.found, collection, delta)
    if delta.more:
        raise Unavailable(f"{reply.answer.host} lists only a part of “{collection.name}”: it is tried again")
    return delta.changed, collection.token


def hrefs(collection: Collection, report: str) -> set[str]:
    """Paths of what a query finds; none where the server has no such query."""
    reply = collection.server.ask("REPORT", collection.path, report, depth=1, accept=_SORTED_HERE)
    if reply.answer.status != 207:
        return set()
    return {path_of(one.href, collection.path) for one in reply.found}


def _by_token(collection: Collection) -> tuple[dict[str, Seen], str]:
    seen: dict[str, Seen] = {}
    token = ""
    for delta in changes(collection, ""):
        seen |= delta.changed
        for path in delta.gone:
            seen.pop(path, None)
        token = delta.token
    return seen, token


def _sync(collection: Collection, token: str) -> Delta:
    body = document(
        f"{D}sync-collection",
        element(f"{D}sync-token", text(token)),
        element(f"{D}sync-level", "1"),
        element(f"{D}prop", element(_ETAG), element(_MODIFIED)),
    )
    answer = collection.server.ask("REPORT", collection.path, body, depth=0, accept=_SORTED_HERE).answer
    if answer.status == 404:
        raise Refused(f"{answer.host} has no “{collection.name}” any more", 404)
    if answer.status != 207:  # 403 with `valid-sync-token` is what section 3.2 has; whatever it is, the etags will tell
        raise TokenLost
    delta, found = Delta(), MultiStatus(answer.data, answer.host)
    _take(found, collection, delta)
    delta.token = found.token
    return delta


def _take(found: MultiStatus, collection: Collection, delta: Delta) -> None:
    for one in found:
        path = path_of(one.href, collection.path)
        if path.rstrip("/") == collection.path.rstrip("/"):
            delta.more = delta.more or one.status == 507
        elif one.status in {404, 410}:
            delta.gone.add(path)
            delta.changed.pop(path, None)
        elif not path.endswith("/") and f"{D}collection" not in one.types():
            delta.changed[path] = Seen(etag(one), _modified(one))
            delta.gone.discard(path)


def etag(one: Found) -> str:
    """Without what a proxy adds or leaves out: a weak one compares as well here."""
    return one.text(_ETAG).removeprefix("W/").strip('"')


def _modified(one: Found) -> datetime:
    try:
        at = parsedate_to_datetime(one.text(_MODIFIED))
    except ValueError:
        return LONG_AGO
    return at if at.tzinfo else at.replace(tzinfo=UTC)
