"""A CalDAV server as strict as its RFCs let it be, in one of the ways that servers differ in.

Refused: methods, roots and properties it does not know, a `sync-collection` without `Depth: 0` (RFC 6578 section 3.2), a multiget
of other collections' hrefs (RFC 4791 section 7.9), bodies that are no XML, a wrong password (RFC 7617). An unknown sync token is
answered with 403 and `valid-sync-token` (RFC 6578 section 3.2), a long answer cut short with 507 (section 3.6).
"""

from __future__ import annotations

import base64
import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from tests.live.loopback import Hosted

D, C, CS = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{http://calendarserver.org/ns/}"
USER, PASSWORD = "mara", "correct horse battery"
HOME = "/cal/mara keller/"


@dataclass
class Book:
    """`log` has the name of every object that changed, in order: a token is a place in it."""

    name: str
    objects: dict[str, tuple[str, float]] = field(default_factory=dict)  # name to content and time of change
    log: list[str] = field(default_factory=list)

    def put(self, name: str, content: str, modified_at: float = 0.0) -> None:
        self.objects[name] = (content, modified_at)
        self.log.append(name)

    def take(self, name: str) -> str:
        self.log.append(name)
        return self.objects.pop(name)[0]


def etag_of(content: str) -> str:
    return f'"{hashlib.md5(content.encode()).hexdigest()}"'


class Refusal(Exception):
    def __init__(self, status: int, body: str = "", **headers: str) -> None:
        self.status, self.body, self.headers = status, body, headers


class DavFake(Hosted):
    """`tokens`: it has sync-collection. `most`: so many changes in one answer. `odd`: hrefs are absolute and encoded through and
    through, prefixes are not the usual ones, and the host it believes to be is another. `stuck`: the token that a listing shows is
    always the same.
    """

    def __init__(self, *, tokens: bool, most: int | None = None, odd: bool = False, stuck: bool = False) -> None:
        self.tokens, self.most, self.odd, self.stuck = tokens, most, odd, stuck
        self.books: dict[str, Book] = {}
        self.password = PASSWORD
        self.generation = 0  # tokens of an earlier one are not good any more
        self.host(self._handler())

    def book(self, name: str) -> Book:
        return self.books.setdefault(name, Book(name))

    # --- requests ------------------------------------------------------------------------------------------------------

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, str, str]:
        """Status, media type, body."""
        told = "Basic " + base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        if headers.get("Authorization") != told:
            raise Refusal(401, **{"WWW-Authenticate": 'Basic realm="fake"'})
        path = unquote(path)
        if path == "/.well-known/caldav":
            raise Refusal(301, Location="/dav/")
        if method == "GET":
            return 200, "text/calendar", self._object(path)[1]
        if method not in {"PROPFIND", "REPORT"}:
            raise Refusal(405, Allow="GET, PROPFIND, REPORT")
        root = self._xml(headers, body)
        respond = self._propfind if method == "PROPFIND" else self._report
        parts = respond(path, root, headers.get("Depth", ""))
        return 207, "application/xml; charset=utf-8", self._document("multistatus", parts)

    def _xml(self, headers: Any, body: bytes) -> ET.Element:
        if "xml" not in headers.get("Content-Type", ""):
            raise Refusal(415)
        try:
            return ET.fromstring(body)
        except ET.ParseError as error:
            raise Refusal(400) from error

    def _propfind(self, path: str, root: ET.Element, depth: str) -> Iterable[str]:
        if root.tag != f"{D}propfind" or root[0].tag != f"{D}prop":
            raise Refusal(400)
        if depth not in {"0", "1"}:
            raise Refusal(403, self._error("propfind-finite-depth"))
        names = [one.tag for one in root[0]]
        if path == "/dav/":
            return [self._response("/dav/", names, {f"{D}current-user-principal": self._href("/principals/mara/")})]
        if path == "/principals/mara/":
            return [self._response(path, names, {f"{C}calendar-home-set": self._href(HOME)})]
        if path == HOME:
            own = self._response(HOME, names, {f"{D}resourcetype": self._tags(f"{D}collection")})
            inbox = self._response(
                f"{HOME}inbox/", names, {f"{D}resourcetype": self._tags(f"{D}collection", f"{C}schedule-inbox")}
            )
            return [own, inbox, *(self._collection(book, names) for book in self.books.values())] if depth == "1" else [own]
        book = self._book(path)
        own = self._collection(book, names)
        return [own, *(self._member(book, name, names) for name in book.objects)] if depth == "1" else [own]

    def _report(self, path: str, root: ET.Element, depth: str) -> Iterable[str]:
        book = self._book(path)
        if root.tag == f"{C}calendar-multiget":
            names = [one.tag for one in root.findall(f"{D}prop/*")]
            return [self._asked(book, path, one.text or "", names) for one in root.findall(f"{D}href")]
        if root.tag == f"{D}sync-collection" and self.tokens:
            if depth != "0" or root.findtext(f"{D}sync-level") != "1":
                raise Refusal(400)
            return self._changes(book, root.findtext(f"{D}sync-token") or "", [one.tag for one in root.findall(f"{D}prop/*")])
        raise Refusal(403, self._error("supported-report"))

    def _asked(self, book: Book, path: str, href: str, names: list[str]) -> str:
        found = unquote(href)
        if not found.startswith(path):
            raise Refusal(400)
        name = found.removeprefix(path)
        return self._member(book, name, names) if name in book.objects else self._status(found, 404)

    def _changes(self, book: Book, token: str, names: list[str]) -> Iterable[str]:
        try:
            generation, start = (
                (int(part) for part in token.removeprefix("urn:fake:").split(":")) if token else (self.generation, 0)
            )
        except ValueError:
            generation, start = -1, 0
        if generation != self.generation:
            raise Refusal(403, self._error("valid-sync-token"))
        end = min(len(book.log), start + self.most) if self.most else len(book.log)
        parts = []
        for name in dict.fromkeys(book.log[start:end]):
            if name in book.objects:
                parts.append(self._member(book, name, names))
            elif token:
                parts.append(self._status(self._path(book) + name, 404))
        if end < len(book.log):
            parts.append(
                self._status(self._path(book), 507, self._tag(f"{D}error", self._tag(f"{D}number-of-matches-within-limits")))
            )
        return [*parts, self._tag(f"{D}sync-token", self._token(end))]

    # --- answers -------------------------------------------------------------------------------------------------------

    def _path(self, book: Book) -> str:
        return f"{HOME}{book.name}/"

    def _book(self, path: str) -> Book:
        book = self.books.get(path.removeprefix(HOME).strip("/"))
        if book is None:
            raise Refusal(404)
        return book

    def _object(self, path: str) -> tuple[Book, str]:
        folder, _, name = path.rpartition("/")
        book = self._book(folder)
        if name not in book.objects:
            raise Refusal(404)
        return book, book.objects[name][0]

    def _token(self, end: int) -> str:
        return f"urn:fake:{self.generation}:{end}"

    def _collection(self, book: Book, names: list[str]) -> str:
        known = {
            f"{D}resourcetype": self._tags(f"{D}collection", f"{C}calendar"),
            f"{D}displayname": escape(book.name.title()),
            f"{CS}getctag": f"{self.generation}-{len(book.log)}",
        }
        if self.tokens:
            known[f"{D}sync-token"] = self._token(0 if self.stuck else len(book.log))
        return self._response(self._path(book), names, known)

    def _member(self, book: Book, name: str, names: list[str]) -> str:
        content, modified_at = book.objects[name]
        known: dict[str, str | Callable[[], str]] = {
            f"{D}resourcetype": "",
            f"{D}getetag": escape(etag_of(content)),
            f"{D}getlastmodified": formatdate(modified_at, usegmt=True),
            f"{C}calendar-data": lambda: escape(content),
        }
        return self._response(self._path(book) + name, names, known)

    def _response(self, path: str, names: list[str], known: Any) -> str:
        has = {name: known[name]() if callable(known[name]) else known[name] for name in names if name in known}
        not_there = [name for name in names if name not in known]
        parts = [self._propstat(200, (self._tag(name, value) for name, value in has.items()))] if has else []
        parts += [self._propstat(404, map(self._tag, not_there))] if not_there else []
        return self._tag(f"{D}response", self._href(path) + "".join(parts))

    def _propstat(self, status: int, parts: Iterable[str]) -> str:
        said = self._tag(f"{D}status", f"HTTP/1.1 {status} -")
        return self._tag(f"{D}propstat", self._tag(f"{D}prop", "".join(parts)) + said)

    def _status(self, path: str, status: int, more: str = "") -> str:
        return self._tag(f"{D}response", self._href(path) + self._tag(f"{D}status", f"HTTP/1.1 {status} -") + more)

    def _href(self, path: str) -> str:
        """Odd: every letter is encoded, as it may be (RFC 3986 section 2.1), and the host is what it is called inside."""
        if not self.odd:
            return self._tag(f"{D}href", quote(path))
        coded = "/".join("".join(f"%{byte:02x}" for byte in part.encode()) for part in path.split("/"))
        return self._tag(f"{D}href", f"\n  http://127.0.0.1:1{coded}\n")

    def _tags(self, *names: str) -> str:
        return "".join(map(self._tag, names))

    def _tag(self, name: str, content: str = "") -> str:
        namespace, _, local = name[1:].partition("}")
        if self.odd:
            return f'<ns-{len(namespace)}.x:{local} xmlns:ns-{len(namespace)}.x="{namespace}">{content}</ns-{len(namespace)}.x:{local}>'
        return f'<{local} xmlns="{namespace}">{content}</{local}>'

    def _document(self, root: str, parts: Iterable[str]) -> str:
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{self._tag(D + root, "".join(parts))}'

    def _error(self, condition: str) -> str:
        return self._document("error", [self._tag(D + condition)])

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return self._answer
                raise AttributeError(name)

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers: dict[str, str] = {}
                try:
                    status, headers["Content-Type"], text = fake.answer(self.command, self.path, self.headers, body)
                except Refusal as refusal:
                    status, text, headers = refusal.status, refusal.body, refusal.headers
                data = text.encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler
