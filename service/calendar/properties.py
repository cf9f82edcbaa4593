"""One component's properties, taken apart only when they are asked for."""

from __future__ import annotations

import quopri
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from icalendar.parser import Contentline
from icalendar.parser.property import unescape_backslash

_NAME = re.compile(r"[A-Za-z0-9-]+")
_PARAMETER = re.compile(r';\s*([A-Za-z0-9-]+)\s*=\s*("[^"]*"|[^";:]*)')
_LONGEST = 200_000  # characters of one line that are looked at; an inline attachment may be longer


@dataclass(frozen=True, slots=True)
class Property:
    """`value` is as written: escapes are for texts only. Parameter names are in upper case, values without quotes."""

    name: str
    parameters: Mapping[str, str]
    value: str

    def parameter(self, name: str) -> str:
        return self.parameters.get(name, "")

    @property
    def text(self) -> str:
        """An unescaped TEXT value (RFC 5545 section 3.3.11), or a vCalendar 1.0 one in quoted-printable."""
        value = self.value
        if self.parameter("ENCODING").upper() == "QUOTED-PRINTABLE":
            value = quopri.decodestring(value.encode()).decode("utf-8", "replace")
        return str(unescape_backslash(value)).strip()


class Properties:
    """Looks up by name; a line that can't be read is as if it were not there."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines: dict[str, list[str]] = {}
        for line in lines:
            if match := _NAME.match(line):
                self._lines.setdefault(match[0].upper(), []).append(line)

    def all(self, name: str) -> list[Property]:
        return [p for line in self._lines.get(name, ()) if (p := read_property(line)) is not None]

    def first(self, name: str) -> Property | None:
        return next(iter(self.all(name)), None)

    def text(self, name: str) -> str:
        """The first value as unescaped text, "" where there is none."""
        found = self.first(name)
        return found.text if found else ""

    def named(self, prefix: str) -> list[str]:
        return [name for name in self._lines if name.startswith(prefix)]


def read_property(line: str) -> Property | None:
    """None where no colon separates a value. What the grammar refuses is read leniently: unquoted blanks, stray semicolons."""
    line = line[:_LONGEST]
    head, colon, tail = line.partition(":")
    if colon and ";" not in head:
        return Property(head.strip().upper(), {}, tail)
    try:
        name, parameters, value = Contentline(line).raw_parts()  # type: ignore[no-untyped-call]
    except Exception:  # the library refuses with whatever error its own steps raise
        return _read_leniently(line)
    return Property(str(name).upper(), {k.upper(): _one(v) for k, v in parameters.items()}, str(value))


def _one(value: object) -> str:
    return str(value[0] if isinstance(value, list) and value else value)


def _read_leniently(line: str) -> Property | None:
    name = _NAME.match(line)
    if not name:
        return None
    parameters: dict[str, str] = {}
    at = name.end()
    while match := _PARAMETER.match(line, at):
        parameters[match[1].upper()] = match[2].strip('"')
        at = match.end()
    colon = line.find(":", at)
    return Property(name[0].upper(), parameters, line[colon + 1 :]) if colon >= 0 else None
