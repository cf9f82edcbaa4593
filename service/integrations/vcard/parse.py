"""vCard lines to properties (RFC 6350, RFC 2426, and 2.1 of the Versit consortium).

Our own, because what address books write is too far off for `vobject`: an unknown charset, a quoted-printable value over
several lines or a card within a card raises there and loses the card, and it prints to standard error.
"""

from __future__ import annotations

import codecs
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from service.integrations.files.text import decode

LONGEST_CARD = 2_000_000
"""Characters without pictures, which are passed over as they are read."""

_BULKY = frozenset({"PHOTO", "LOGO", "SOUND", "KEY", "X-THUMBNAIL", "X-SOCIALPROFILE-PHOTO"})
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Property:
    name: str  # upper case, without a group
    parameters: dict[str, str]  # upper case names; TYPE holds all types, lower case, comma-separated
    value: str

    def parts(self, separator: str = ";") -> list[str]:
        """The components of a structured value, unescaped."""
        parts = re.split(rf"(?<!\\){re.escape(separator)}", self.value)
        return [unescape(part).strip() for part in parts]

    @property
    def text(self) -> str:
        return unescape(self.value).strip()


@dataclass(frozen=True, slots=True)
class Card:
    line: int  # of the file, where it begins
    properties: tuple[Property, ...]
    fault: str = ""  # why it can't be read

    def first(self, name: str) -> Property | None:
        return min(self.all(name), key=_preference, default=None)

    def all(self, name: str) -> list[Property]:
        """Those of this name that say something, the preferred first."""
        return sorted((p for p in self.properties if p.name == name and p.text.strip(";")), key=_preference)


def cards(data: bytes) -> Iterator[Card]:
    """Every card in a file. What stands between cards is passed over; a card that never ends is a fault of its own."""
    inside: list[tuple[int, str]] = []
    begun, depth, size = 0, 0, 0
    for number, line in _logical(decode(data)):
        mark = line.strip().upper().replace(" ", "")
        if mark == "BEGIN:VCARD":
            if depth and not _is_agent(inside):
                yield Card(begun, (), "never ends")
                depth = 0
            if not depth:
                inside, begun, size = [], number, 0
            depth += 1
        elif mark == "END:VCARD" and depth:
            depth -= 1
            if not depth:
                yield _card(begun, inside, size)
        elif depth == 1:  # what lies deeper is another card's: an assistant's
            size += len(line)
            if size <= LONGEST_CARD:
                inside.append((number, line))
    if depth:
        yield Card(begun, (), "never ends")


def _is_agent(inside: list[tuple[int, str]]) -> bool:
    return bool(inside) and inside[-1][1].strip().upper().startswith("AGENT")


def _card(begun: int, lines: Iterable[tuple[int, str]], size: int) -> Card:
    if size > LONGEST_CARD:
        return Card(begun, (), f"is too large ({size / 1e6:,.0f} MB)")
    return Card(begun, tuple(p for _, line in lines if (p := _property(line)) is not None))


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Lines with what is folded put together, and the number of the first; pictures are left out."""
    pieces, first = [""], 1
    soft = False
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        head = pieces[0]
        if soft and not line.upper().startswith("END:VCARD"):
            pieces.append(line)
        elif line[:1] in {" ", "\t"} and head:
            if not _is_bulky(head):
                pieces.append(line[1:])
        else:
            if head:
                yield first, "".join(pieces)
            pieces, first = [line], number
        # a soft line break of quoted-printable: the value goes on
        soft = line.endswith("=") and "QUOTED-PRINTABLE" in pieces[0].upper()
        if soft:
            pieces[-1] = pieces[-1][:-1]
    if pieces[0]:
        yield first, "".join(pieces)


def _is_bulky(line: str) -> bool:
    return re.split(r"[;:]", line, maxsplit=1)[0].rpartition(".")[2].upper() in _BULKY


def _property(line: str) -> Property | None:
    """None for what is no property, and for pictures and sounds."""
    at = _colon(line)
    if at < 0:
        return None
    name, *rest = _outside_quotes(line[:at], ";")
    name = name.rpartition(".")[2].strip().upper()
    if not name or name in _BULKY:
        return None
    parameters = _parameters(rest)
    value = line[at + 1 :]
    if parameters.get("ENCODING", "").upper() in {"QUOTED-PRINTABLE", "Q"}:
        value = _quoted_printable(value, parameters.get("CHARSET", ""))
    return Property(name, parameters, value)


def _parameters(parts: list[str]) -> dict[str, str]:
    """2.1 leaves the names out: `TEL;CELL;PREF`."""
    found: dict[str, str] = {}
    for part in parts:
        name, equals, value = part.partition("=")
        name, value = name.strip().upper(), value.strip().strip('"')
        if not equals:
            encoding = name in {"QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT"}
            name, value = ("ENCODING", name) if encoding else ("TYPE", name)
        if name == "TYPE":
            value = ",".join(filter(None, (found.get("TYPE", ""), value.lower())))
        found[name] = value
    return found


def _colon(line: str) -> int:
    quoted = False
    for at, sign in enumerate(line[:2000]):
        if sign == '"':
            quoted = not quoted
        elif sign == ":" and not quoted:
            return at
    return line.find(":")


def _outside_quotes(text: str, separator: str) -> list[str]:
    return re.findall(rf'(?:[^{separator}"]|"[^"]*"?)+', text) or [""]


def _quoted_printable(value: str, charset: str) -> str:
    data = quopri.decodestring(value.encode("utf-8", "surrogatepass"))
    try:
        codecs.lookup(charset)
        return data.decode(charset, "replace")
    except (LookupError, UnicodeError, ValueError):  # none is named, or one that nobody knows
        return decode(data)


def unescape(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _preference(line: Property) -> int:
    if "pref" in line.parameters.get("TYPE", "").split(","):
        return 0
    pref = line.parameters.get("PREF", "")
    return int(pref) if pref.isdecimal() and len(pref) < 4 else 1000
