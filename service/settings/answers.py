"""A rule's wish that mail be answered from a template."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from service.domain.answers import Answering, Template
from service.settings.section import Section, wrong

TemplateWord = Literal["receipt", "schedule", "text"]


class _OrTemplate:
    """In the schema: the section, or the template's name alone."""

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"enum": ["receipt", "schedule"]}, handler(schema)]}


class AnswerSection(Section):
    """A template's name alone, or with its settings."""

    template: Annotated[
        TemplateWord,
        Field(description="That it has arrived, times that are free in your calendars, or your own text", examples=["receipt"]),
    ]
    text: Annotated[str, Field(max_length=5000, description="Your own words, for the template `text`")] = ""
    minutes: Annotated[int, Field(strict=True, ge=10, le=480, description="How long the meeting is to be, for `schedule`")] = 30
    by_itself: Annotated[
        bool,
        Field(
            strict=True,
            description="A standing approval: the draft is put into your mailbox without your yes, for the one sender whom `when.from` names",
        ),
    ] = False
    a_day: Annotated[int, Field(strict=True, ge=1, le=50, description="How many drafts a day are put there by themselves")] = 5

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        return {"template": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _words(self) -> Self:
        if (self.template == "text") != bool(self.text.strip()):
            raise wrong("the template text, and no other, takes your own words", "Write {template: text, text: …}")
        return self

    def wish(self) -> Answering:
        return Answering(Template(self.template), self.text, self.minutes, self.by_itself, self.a_day)


AnswerOrTemplate = Annotated[AnswerSection, _OrTemplate()]
