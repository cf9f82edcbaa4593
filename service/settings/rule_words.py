"""Conditions of rules that are more than a pattern: domains, times of day, fields of the CRM."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Self

from pydantic import Field, GetJsonSchemaHandler, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import core_schema

from service.domain.rules import Hours
from service.settings.cadences import Days
from service.settings.section import Section, wrong
from service.settings.words import Pattern, clock_time, pattern

_SPAN_FIX = 'Write two 24-hour times such as "18:00-08:00"; after midnight where the second is not later'


def _domain(value: object) -> str:
    text = pattern(value)
    if not text.startswith("/") and "@" in text:
        raise wrong(f"{text!r} is not a domain", f"Write what follows the @: {text.rpartition('@')[2] or 'board.example'}")
    return text


Domain = Annotated[
    str, PlainValidator(_domain), WithJsonSchema({"type": "string", "minLength": 1, "examples": ["board.example"]})
]


def span(value: object) -> tuple[time, time]:
    """From "18:00-08:00". 24:00 is midnight at the end."""
    start, dash, end = value.replace(" ", "").partition("-") if isinstance(value, str) else ("", "", "")
    if not dash:
        raise wrong(f"{value!r} is no span of time", _SPAN_FIX)
    found = clock_time(start), time(0) if re.fullmatch(r"24:00", end) else clock_time(end)
    if found[0] == found[1] and found[0] != time(0):
        raise wrong(f"{value!r} begins when it ends", _SPAN_FIX)
    return found


_SPAN_SCHEMA = {"type": "string", "pattern": r"^\d{1,2}:\d{2} ?- ?\d{1,2}:\d{2}$", "examples": ["18:00-08:00"]}
Span = Annotated[tuple[time, time], PlainValidator(span), WithJsonSchema(_SPAN_SCHEMA)]


class _OrSpan:
    """In the schema: the section, or the span alone."""

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        whole = handler(schema)
        branches = whole.get("anyOf", [whole])
        return {"anyOf": [_SPAN_SCHEMA, *branches]}


class Times(Section):
    """Wall time in the person's zone. Hours after midnight belong to the day on which they began."""

    at: Annotated[Span | None, Field(description="From when until when", examples=["18:00-08:00"])] = None
    days: Annotated[Days | None, Field(description="On which days", examples=["weekends"])] = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        return {"at": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.at is None and self.days is None:
            raise wrong("no time is set", 'Set at or days, such as {at: "18:00-08:00", days: weekdays}')
        return self

    def hours(self, timezone: str) -> Hours:
        start, end = self.at or (time(0), time(0))
        return Hours(timezone, start, end, self.days if self.days is not None else frozenset(range(7)))


class CrmSection(Section):
    """All that are set must hold: of the sender's contact, or of an open deal that names them."""

    company: Annotated[Pattern | None, Field(description="Their company")] = None
    title: Annotated[Pattern | None, Field(description="What they are there")] = None
    lifecycle: Annotated[Pattern | None, Field(description="How far they are, in the CRM's word", examples=["customer"])] = None
    owner: Annotated[Pattern | None, Field(description="Who looks after them or the deal")] = None
    deal: Annotated[Pattern | None, Field(description="The name of an open deal", examples=["*"])] = None
    stage: Annotated[Pattern | None, Field(description="Its stage", examples=["Term sheet*"])] = None
    amount: Annotated[Pattern | None, Field(description="Its amount as the CRM shows it")] = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.patterns():
            raise wrong("no field is set", 'Set at least one, such as stage: "Term sheet*"')
        return self

    def patterns(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, value) for name in type(self).model_fields if (value := getattr(self, name)))


TimesOrSpan = Annotated[Times, _OrSpan()]
