"""Multi-status answers (RFC 4918 section 13) and what WebDAV is asked with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import NoReturn
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from service.errors import Unavailable

D, CS = "{DAV:}", "{http://calendarserver.org/ns/}"
CAL, CARD = "{urn:ietf:params:xml:ns:caldav}", "{urn:ietf:params:xml:ns:carddav}"
PREFIXES = {D: "D", CS: "CS", CAL: "C", CARD: "A"}
_NAMESPACES = "".join(f' xmlns:{prefix}="{name[1:-1]}"' for name, prefix in PREFIXES.items())
_CHUNK = 1 << 16
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One resource: `href` as it was written, and the properties that it has by their names, as in "{DAV:}getetag".

    `status` is 200 where the answer gives one for each property.
    """

    href: str
    status: int
    props: Mapping[str, Element]

    def text(self, name: str) -> str:
        """Of a property, "" where there is none."""
        found = self.props.get(name)
        return (found.text or "").strip() if found is not None else ""

    def hrefs(self, name: str) -> list[str]:
        found = self.props.get(name)
        return [] if found is None else [text for one in found.iter(f"{D}href") if (text := (one.text or "").strip())]

    def types(self) -> frozenset[str]:
        found = self.props.get(f"{D}resourcetype")
        return frozenset() if found is None else frozenset(one.tag for one in found)


@dataclass(slots=True)
class MultiStatus:
    """Read as it is iterated, once. `token` (RFC 6578 section 6.2) is known at the end; "" where there is none."""

    data: bytes
    host: str
    token: str = ""

    def __iter__(self) -> Iterator[Found]:
        """Raises Unavailable for what is no whole multi-status answer: a sign-in page, half an answer, one with a DTD."""
        for child in _children(self.data, self.host, f"{D}multistatus"):
            if child.tag == f"{D}response":
                yield from _found(child)
            elif child.tag == f"{D}sync-token":
                self.token = (child.text or "").strip()


def propfind(*names: str) -> str:
    return document(f"{D}propfind", element(f"{D}prop", *map(element, names)))


def document(name: str, *children: str) -> str:
    tag = _tag(name)
    return f'<?xml version="1.0" encoding="utf-8"?><{tag}{_NAMESPACES}>{"".join(children)}</{tag}>'


def element(tag: str, /, *children: str, **attributes: str) -> str:
    said = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{_tag(tag)}{said}>{''.join(children)}</{_tag(tag)}>"


def text(value: str) -> str:
    return escape(value, quote=False)


def _tag(name: str) -> str:
    namespace, brace, local = name.partition("}")
    return f"{PREFIXES[namespace + brace]}:{local}"


def _found(response: Element) -> Iterator[Found]:
    """One, or one for each of its hrefs (RFC 4918 section 14.24)."""
    said = response.findtext(f"{D}status")
    props: dict[str, Element] = {}
    for propstat in response.iterfind(f"{D}propstat"):
        if _status(propstat.findtext(f"{D}status")) < 300:
            props |= {one.tag: one for prop in propstat.iterfind(f"{D}prop") for one in prop}
    for href in response.iterfind(f"{D}href"):
        if href.text and href.text.strip():
            yield Found(href.text.strip(), _status(said), props)


def _status(line: str | None) -> int:
    """Of "HTTP/1.1 200 OK"; 200 where nothing is said."""
    words = (line or "").split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 200


def _children(data: bytes, host: str, root: str) -> Iterator[Element]:
    reader = _Reader(host, root)
    parser = XMLParser(target=reader)  # noqa: S314
    try:
        for start in range(0, len(data), _CHUNK):
            parser.feed(data[start : start + _CHUNK])
            yield from reader.take()
        parser.close()
        yield from reader.take()
    except (ParseError, ValueError, LookupError) as error:
        raise Unavailable(f"{host} answered with something that is no whole WebDAV answer: it is tried again") from error


@dataclass(slots=True)
class _Reader:
    """The root's children one by one, so that a long answer is never in memory as a tree."""

    host: str
    root: str
    _depth: int = 0
    _builder: TreeBuilder | None = None
    _done: list[Element] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if (self._depth == 1 and tag != self.root) or self._depth > _DEEPEST:
            raise ValueError(tag)
        if self._depth == 2:
            self._builder = TreeBuilder()
        if self._builder is not None:
            self._builder.start(tag, attributes)

    def end(self, tag: str) -> None:
        if self._builder is not None:
            self._builder.end(tag)
            if self._depth == 2:
                self._done.append(self._builder.close())
                self._builder = None
        self._depth -= 1

    def data(self, text: str) -> None:
        if self._builder is not None:
            self._builder.data(text)

    def doctype(self, *_: object) -> NoReturn:
        """Entities are declared in a DTD, and no WebDAV answer needs one."""
        raise Unavailable(f"{self.host} answered with a document type, which is refused: it is tried again")

    def close(self) -> None:
        """All is taken already."""

    def take(self) -> list[Element]:
        done, self._done = self._done, []
        return done
