"""The content of objects, many at once (RFC 4791 section 7.9, RFC 6352 section 8.7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.errors import ExternalError, Rejected
from service.http import Refused
from service.integrations.dav.collections import Collection
from service.integrations.dav.places import path_of
from service.integrations.dav.reports import etag
from service.integrations.dav.vocabulary import Words
from service.integrations.dav.xml import D, document, element, text

AT_ONCE = 100
_NOT_THERE = frozenset({404, 410})
_NO_SUCH_REPORT = frozenset({400, 403, 405, 409, 412, 415, 501, 507})


@dataclass(frozen=True, slots=True)
class Body:
    """`data` is None where it is gone meanwhile; `fault` says why it can't be had though it is there."""

    path: str
    etag: str = ""
    data: bytes | None = None
    fault: str = ""


def fetch(collection: Collection, words: Words, paths: Sequence[str]) -> Iterator[Body]:
    """In the order of `paths`, each once."""
    for start in range(0, len(paths), AT_ONCE):
        yield from _batch(collection, words, paths[start : start + AT_ONCE])


def _batch(collection: Collection, words: Words, paths: Sequence[str]) -> Iterator[Body]:
    """An answer that grows too large is asked for in halves; what a server leaves out of one is asked for by itself."""
    try:
        found = _multiget(collection, words, paths)
    except Refused:
        found = {}
    except Rejected:
        if len(paths) > 1:
            middle = len(paths) // 2
            yield from _batch(collection, words, paths[:middle])
            yield from _batch(collection, words, paths[middle:])
            return
        found = {}
    for path in paths:
        yield found.get(path) or _one(collection, path)


def _multiget(collection: Collection, words: Words, paths: Sequence[str]) -> dict[str, Body]:
    wanted = element(f"{D}prop", element(f"{D}getetag"), element(words.data))
    body = document(words.multiget, wanted, *(element(f"{D}href", text(path)) for path in paths))
    reply = collection.server.ask("REPORT", collection.path, body, depth=1, accept=_NO_SUCH_REPORT)
    if reply.answer.status != 207:
        return {}
    found = {}
    for one in reply.found:
        path = path_of(one.href, collection.path)
        if one.status in _NOT_THERE:
            found[path] = Body(path)
        elif words.data in one.props:
            found[path] = Body(path, etag(one), (one.props[words.data].text or "").encode())
    return found


def _one(collection: Collection, path: str) -> Body:
    try:
        answer = collection.server.ask("GET", path, accept=_NOT_THERE | {403}).answer
    except Rejected as error:
        return Body(path, fault=_words(error))
    if answer.status in _NOT_THERE:
        return Body(path)
    if answer.status == 403:
        return Body(path, fault="the server does not let you read it (403)")
    return Body(path, answer.headers.get("etag", "").removeprefix("W/").strip('"'), answer.data)


def _words(error: ExternalError) -> str:
    return str(error).partition(":")[0]
