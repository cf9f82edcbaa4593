"""The head of a note: YAML or TOML front matter, org keywords, or "Date: …" lines at its start.

Read line by line on purpose: hand-written heads are rarely whole YAML, and a fault in one line must not lose the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_FENCES = {"---": ("---", "..."), "+++": ("+++",), ";;;": (";;;",)}
_PAIR = re.compile(r"^[ \t]*[\"']?([A-Za-z][\w -]{0,30}?)[\"']?[ \t]*[:=][ \t]*(.*)$")
_ORG = re.compile(r"^#\+(\w+):[ \t]*(.*)$")
_LABELLED = re.compile(r"^(?:[-*+][ \t]+)?[*_]{0,2}(\w[\w ]{2,20}?)[*_]{0,2}[ \t]*:[*_]{0,2}[ \t]*(\S.*)$")
_DATE_KEYS = ("date", "datum", "meeting date", "when", "day", "created", "created_at", "start")
_PEOPLE_KEYS = ("attendees", "participants", "people", "with", "present", "invitees", "speakers", "teilnehmer", "anwesend")
_CLIPPED_KEYS = ("source", "url", "clipped", "source_url", "link")
_TITLE_KEYS = ("title", "subject", "meeting", "topic", "titel")
LONGEST = 200
"""Lines of a head; what has no end by then is text."""


@dataclass(frozen=True, slots=True)
class Head:
    title: str = ""
    date: str = ""
    people: tuple[str, ...] = ()
    author: str = ""
    clipped: bool = False


@dataclass(slots=True)
class _Fields:
    single: dict[str, str] = field(default_factory=dict)
    many: dict[str, list[str]] = field(default_factory=dict)

    def put(self, key: str, value: str) -> None:
        self.single.setdefault(key, value)
        self.many.setdefault(key, []).extend(_items(value))

    def head(self, *, fenced: bool) -> Head:
        people = tuple(p for key in _PEOPLE_KEYS for p in self.many.get(key, ()))
        return Head(
            title=_first(self.single, _TITLE_KEYS),
            date=_first(self.single, _DATE_KEYS),
            people=people[:100],
            author=self.single.get("author", ""),
            clipped=fenced and any(self.single.get(key, "").startswith("http") for key in _CLIPPED_KEYS),
        )


def split_head(text: str) -> tuple[Head, str]:
    """The head, and the text after it (all of it where the head is part of the text)."""
    lines = text.lstrip("\ufeff\n ").split("\n")
    ends = _FENCES.get(lines[0].rstrip())
    if ends:
        for number, line in enumerate(lines[1:LONGEST], 1):
            if line.rstrip() in ends:
                return _fenced(lines[1:number]), "\n".join(lines[number + 1 :])
    return _loose(lines[:25]), text


def _fenced(lines: list[str]) -> Head:
    fields = _Fields()
    key = ""
    for line in lines:
        pair = _PAIR.match(line) if not line.startswith((" ", "\t", "-")) else None
        if pair:
            key = pair[1].strip().lower()
            fields.put(key, _bare(pair[2]))
        elif key and (item := line.strip().removeprefix("-").strip()):
            inner = _PAIR.match(item)  # "- name: Dana" in a list of people
            if inner is None or inner[1].strip().lower() in {"name", "email"}:
                fields.many.setdefault(key, []).extend(_items(_bare(inner[2] if inner else item)))
    return fields.head(fenced=True)


def _loose(lines: list[str]) -> Head:
    """Only what is said in so many words: "Date: 12 May 2026", "Attendees: Dana, Luis", and the names listed under it."""
    fields = _Fields()
    wanted = {*_DATE_KEYS[:4], *_PEOPLE_KEYS} - {"people", "with"}
    key = ""
    for line in lines:
        pair = _ORG.match(line) or _LABELLED.match(line.strip())
        if pair and (pair[1].strip().lower() in wanted or (line.startswith("#+") and pair[1].lower() in _TITLE_KEYS)):
            fields.put(pair[1].strip().lower(), _bare(pair[2]))
        heading = re.match(r"^[#*_ \t]*(\w+)[*_ \t]*:?[*_ \t]*$", line)
        if heading:
            key = heading[1].lower() if heading[1].lower() in wanted else ""
        elif key in _PEOPLE_KEYS and (item := re.match(r"^\s*[-*+][ \t]+(?:\[.\][ \t]*)?(.{2,60})$", line)):
            fields.many.setdefault(key, []).extend(_items(item[1]))
    return fields.head(fenced=False)


def _items(value: str) -> list[str]:
    """A list in one line to its parts; `[[Dana]]` and @Dana are how note programs link people."""
    if not value:
        return []
    value = value[:5000].replace("[[", "").replace("]]", "").strip().removeprefix("[").removesuffix("]")
    parts = re.split(r"[,;|](?![^(]*\))|\s+(?:and|und|&)\s+", value)
    cleaned = (re.sub(r"\s*\([^)]*\)", "", part).strip(" \t\"'*_@").split("|")[0] for part in parts)
    return [item[:100] for item in (_person(part) for part in cleaned) if item]


def _person(part: str) -> str:
    """A name; where only an address is written, that."""
    named = re.match(r"^(.*?)\s*<([^>]*)>$", part)
    return (named[1].strip(" \"'") or named[2]) if named else part


def _bare(value: str) -> str:
    value = value.strip()
    if value[:1] in {'"', "'"} and value.endswith(value[:1]) and len(value) > 1:
        return value[1:-1]
    return re.sub(r"\s+#\s.*$", "", value)


def _first(fields: dict[str, str], keys: tuple[str, ...]) -> str:
    return next((fields[key] for key in keys if fields.get(key)), "")
