"""What Reveille could do outside: registered in code, so that nothing read from outside can name a tool or set its tier."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.domain.proposals import Tier


@dataclass(frozen=True, slots=True)
class Tool:
    """`schema` is the JSON schema of its arguments: a flat object of strings, lists of strings, numbers and booleans.

    `targets` are the arguments that say whom it reaches and where: only the person can set them. `allow` is the word of a
    source's `allow` that it needs; "" where no source can do it.
    """

    name: str
    tier: Tier
    schema: Mapping[str, Any]
    targets: frozenset[str] = frozenset()
    allow: str = ""

    @property
    def schema_hash(self) -> str:
        return hashlib.sha256(json.dumps(self.schema, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def misfits(self, arguments: Mapping[str, Any]) -> str:
        """What is wrong with these arguments, in words; "" where they fit."""
        properties: Mapping[str, Any] = self.schema.get("properties", {})
        if unknown := sorted(set(arguments) - set(properties)):
            return f"{self.name} takes no {', '.join(unknown)}; it takes {', '.join(properties)}"
        if missing := sorted(set(self.schema.get("required", ())) - set(arguments)):
            return f"{self.name} needs {', '.join(missing)}"
        wrong = [f"{k} is no {_said(properties[k])}" for k, v in sorted(arguments.items()) if not _fits(v, properties[k])]
        return f"{self.name}: {', '.join(wrong)}" if wrong else ""


def _said(shape: Mapping[str, Any]) -> str:
    word = str(shape.get("items", shape).get("format", shape["type"]))
    return _IN_WORDS.get(word, word)


_IN_WORDS: Mapping[str, str] = {
    "date-time": "time with its offset, such as 2026-05-12T14:00:00+02:00",
    "email": "list of e-mail addresses",
}


def _fits(value: object, shape: Mapping[str, Any]) -> bool:
    match shape.get("format", shape["type"]):
        case "date-time":
            return isinstance(value, str) and _is_moment(value)
        case "email":
            return isinstance(value, str) and bool(_ADDRESS.fullmatch(value))
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        case "array":
            return isinstance(value, list) and bool(value) and all(_fits(one, shape["items"]) for one in value)
    return False


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\x00-\x1f]+@[^\s@<>,;:\"()\[\]\x00-\x1f]+")
_SHAPES: Mapping[str, Mapping[str, Any]] = {
    "moment": {"type": "string", "format": "date-time"},
    "emails": {"type": "array", "items": {"type": "string", "format": "email"}},
}


def _schema(*required: str, **types: str) -> dict[str, Any]:
    shapes = {name: dict(_SHAPES.get(word, {"type": word})) for name, word in types.items()}
    return {"type": "object", "properties": shapes, "required": list(required), "additionalProperties": False}


CREATE_TASK = Tool(
    "tasks.create",
    Tier.PRIVATE,
    _schema("project", "title", project="string", title="string", link="string"),
    targets=frozenset({"project"}),
)
DRAFT = Tool(
    "mail.draft",
    Tier.PRIVATE,
    _schema("to", "subject", "text", to="emails", cc="emails", subject="string", text="string", answers="string"),
    targets=frozenset({"to", "cc"}),
    allow="draft",
)
LABEL = Tool(
    "mail.label",
    Tier.PRIVATE,
    _schema("message", "label", message="string", label="string"),
    targets=frozenset({"label"}),
    allow="label",
)
FLAG = Tool(
    "mail.flag",
    Tier.PRIVATE,
    _schema("message", "flagged", message="string", flagged="boolean"),
    targets=frozenset({"flagged"}),
    allow="label",
)
POST = Tool(
    "chat.post",
    Tier.SHARED,
    _schema("channel", "text", channel="string", text="string"),
    targets=frozenset({"channel"}),
    allow="post",
)
_EVENT = {
    "title": "string",
    "start": "moment",
    "end": "moment",
    "calendar": "string",
    "place": "string",
    "text": "string",
    "remind_minutes": "integer",
}
EVENT = Tool(
    "calendar.event",
    Tier.PRIVATE,
    _schema("title", "start", "end", **_EVENT),
    targets=frozenset({"calendar"}),
    allow="event",
)
INVITE = Tool(
    "calendar.invite",
    Tier.SHARED,
    _schema("title", "start", "end", "attendees", **_EVENT, attendees="emails"),
    targets=frozenset({"calendar", "attendees"}),
    allow="event",
)
TOOLS: Mapping[str, Tool] = {tool.name: tool for tool in (CREATE_TASK, DRAFT, LABEL, FLAG, POST, EVENT, INVITE)}
