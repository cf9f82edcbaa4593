"""A YAML file as plain values, each with the line it stands on. Whatever the bytes, what is wrong becomes a Complaint."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from service.errors import Complaint, ConfigError
from service.settings.yaml import Dialect, is_plain, libyaml, ruamel

MAX_BYTES = 512 * 1024
MAX_DEPTH = 40
MAX_VALUES = 50_000  # after aliases are expanded: an anchor bomb ends here

Place = tuple[str | int, ...]
"""The way to a value from the top: ("sources", 1, "path")."""


@dataclass(slots=True)
class Document:
    """`lines` holds the line of each value and, under the same place, of the key that names it."""

    file: str
    text: str
    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)

    def complain(self, place: Place, problem: str, fix: str) -> None:
        self.complaints.append(Complaint(self.file, self.line(place), dotted(place), problem, fix))

    def line(self, place: Place) -> int | None:
        """Of the value, else of the nearest thing around it that has one."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place)


def dotted(place: Place) -> str:
    """`sources[1].path`; "the file" for the whole of it."""
    parts = (f"[{step}]" if isinstance(step, int) else f".{shown(step)}" for step in place)
    return "".join(parts).lstrip(".") or "the file"


def read(path: Path, *, missing: str) -> Document:
    """Raises ConfigError for what can't be read at all; duplicate keys are kept as complaints beside the values."""
    name = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _stop(name, None, "there is no such file", missing) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _stop(name, None, f"it can't be read: {reason}", "Check the path and its rights") from error
    return parse(data, name)


def parse(data: bytes, name: str) -> Document:
    if len(data) > MAX_BYTES:
        raise _stop(name, None, f"it is larger than {MAX_BYTES // 1024} KB", "Is it the right file?")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _stop(name, line, "it is not UTF-8 text", "Save it as UTF-8") from error
    return _quick(name, text) or _thorough(name, text)


def _quick(name: str, text: str) -> Document | None:
    """By libyaml, some twenty times as fast; None where it or anything about the file is not as it should be."""
    if (yaml := libyaml()) is None or not is_plain(text):
        return None
    document = Document(name, text)
    try:
        document.data = _Tree(document, yaml).document_value()
    except Exception:
        return None  # whatever it is, the other one says it in words that help
    return None if document.complaints or document.data is None else document


def _thorough(name: str, text: str) -> Document:
    document = Document(name, text)
    document.data = _Tree(document, ruamel()).build()
    return document


def _stop(file: str, line: int | None, problem: str, fix: str) -> ConfigError:
    return ConfigError(Complaint(file, line, "the file", problem, fix))


def shown(step: str) -> str:
    """A key as it can stand in one line of a message, whatever was written as a key."""
    clean = "".join(c if c.isprintable() else "?" for c in step)
    return clean if len(clean) <= 60 else clean[:57] + "…"


class _Tree:
    """Plain values from YAML's events (so that depth, size and every position are in our hands, not a constructor's)."""

    def __init__(self, document: Document, yaml: Dialect) -> None:
        self.document, self.yaml = document, yaml
        self.anchors: dict[str, tuple[Any, int] | None] = {}  # the value and how many values it holds
        self.values = 0

    def build(self) -> Any:
        from ruamel.yaml.error import MarkedYAMLError, YAMLError

        try:
            return self.document_value()
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise self._syntax(error, mark.line + 1 if mark else None) from error
        except YAMLError as error:
            raise self._syntax(error, None) from error
        except (ValueError, OverflowError, AttributeError, AssertionError, IndexError, KeyError, TypeError) as error:
            # The YAML scanner itself trips over a few inputs (an escape beyond Unicode, a %YAML line of nonsense).
            raise _stop(
                self.document.file, None, "it is not YAML that can be read", "Check escapes and directives in it"
            ) from error

    def _syntax(self, error: Any, line: int | None) -> ConfigError:
        said = str(getattr(error, "problem", None) or error).splitlines()[0]
        lines = self.document.text.splitlines()
        if "\\t" in said or (line and line <= len(lines) and re.match(r"[ ]*\t", lines[line - 1])):
            return _stop(self.document.file, line, "a tab where YAML wants spaces", "Indent with spaces")
        if "special characters" in said:
            return _stop(
                self.document.file, line, "it holds a control character", "Remove it, or write it as an escape in double quotes"
            )
        return _stop(
            self.document.file,
            line,
            f"not valid YAML: {said}",
            "Check the indentation, colons, quotes and brackets on this line and the one before",
        )

    def document_value(self) -> Any:
        """Raises what the parser raises."""
        self.events = self.yaml.parse(self.document.text)
        result: Any = None
        documents = 0
        for event in self.events:
            if isinstance(event, self.yaml.events.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._at(event, "a second document begins here", "Keep one document; remove the line ---")
            elif isinstance(event, self.yaml.events.NodeEvent):
                result = self._value(event, (), 0)
        return result

    def _value(self, event: Any, place: Place, depth: int) -> Any:
        self.document.lines.setdefault(place, event.start_mark.line + 1)
        self._count(event, 1)
        if depth > MAX_DEPTH:
            raise self._at(event, f"it is nested deeper than {MAX_DEPTH} levels", "Flatten it")
        if isinstance(event, self.yaml.events.AliasEvent):
            return self._alias(event)
        if event.anchor:
            self.anchors[event.anchor] = None  # known, but not whole yet: an alias inside itself is refused
        before = self.values
        if isinstance(event, self.yaml.events.ScalarEvent):
            value: Any = _scalar(event)
        elif isinstance(event, self.yaml.events.SequenceStartEvent):
            value = self._list(place, depth)
        else:
            value = self._mapping(place, depth)
        if event.anchor:
            self.anchors[event.anchor] = (value, self.values - before + 1)
        return value

    def _alias(self, event: Any) -> Any:
        held = self.anchors.get(event.anchor)
        if held is None:
            raise self._at(
                event, f"*{event.anchor} names no anchor that ends before it", "Define the anchor above, or write the value out"
            )
        value, size = held
        self._count(event, size)
        return value

    def _list(self, place: Place, depth: int) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self.events), self.yaml.events.SequenceEndEvent):
            found.append(self._value(event, (*place, len(found)), depth + 1))
        return found

    def _mapping(self, place: Place, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        inherited: list[Any] = []  # of `<<: *anchor`: what stands here itself goes before it
        while not isinstance(event := next(self.events), self.yaml.events.MappingEndEvent):
            key = self._key(event)
            here, line = (*place, key), event.start_mark.line + 1
            twice = key in found
            if not twice:
                self.document.lines[here] = line
            value = self._value(next(self.events), here, depth + 1)
            if twice:
                self.document.complain(here, f"the key stands again on line {line}", "Keep one of them")
            elif key == "<<":
                inherited += value if isinstance(value, list) else [value]
            else:
                found[key] = value
        for mapping in inherited:
            found = {**mapping, **found} if isinstance(mapping, dict) else found
        return found

    def _key(self, event: Any) -> str:
        self._count(event, 1)
        if not isinstance(event, self.yaml.events.ScalarEvent):
            raise self._at(event, "a key must be a plain word", "Write `name: value`; quote a value that begins with {, [ or *")
        return str(event.value)

    def _count(self, event: Any, values: int) -> None:
        self.values += values
        if self.values > MAX_VALUES:
            raise self._at(
                event,
                f"it holds more than {MAX_VALUES} values once its anchors are expanded",
                "Remove what a person can't review",
            )

    def _at(self, event: Any, problem: str, fix: str) -> ConfigError:
        return _stop(self.document.file, event.start_mark.line + 1, problem, fix)


_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]{1,15}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,15}|[0-9]{1,15}(\.[0-9]{0,15})?)([eE][-+]?[0-9]{1,2})?")


def _scalar(event: Any) -> str | int | float | bool | None:
    """YAML 1.2's core schema (section 10.3.2): dates and times stay the words they are, and `no` is a word."""
    text = str(event.value)
    if not event.implicit[0] or event.style:
        return text
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
