"""The top of reveille.yaml. Entries that depend on a kind, a job or each other are read one by one by the loader."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from service.settings.me import BudgetSection, Keep, Mail, Me, PauseSection, Quiet
from service.settings.section import Section, wrong
from service.settings.words import Many


def _entries(value: object) -> object:
    if value is not None and not isinstance(value, list):
        raise wrong("this must be a list", "Begin each entry on a line of its own with `- `")
    return value or []


def _by_name(value: object) -> object:
    if value is not None and not isinstance(value, dict):
        raise wrong("this must be a section of names", "Write `name: {…}`, one a line, indented")
    return value or {}


def _or_nothing(value: object) -> object:
    return {} if value is None else value


def _none(value: object) -> object:
    return [] if value is None else value


Entries = Annotated[list[Any], BeforeValidator(_entries)]
ByName = Annotated[dict[str, Any], BeforeValidator(_by_name)]


class File(Section):
    me: Annotated[Me, Field(description="Whose day it is")]
    sources: Annotated[Entries, Field(description="What is read")] = Field(default_factory=list)
    channels: Annotated[ByName, Field(description="Where briefings go, each under a name of yours")] = Field(default_factory=dict)
    cadences: Annotated[
        ByName, Field(description="When each job runs; morning, meetings, triage and slack say their job by their name")
    ] = Field(default_factory=dict)
    pause: Annotated[Many[PauseSection], BeforeValidator(_none), Field(description="Days on which nothing is delivered")] = ()
    quiet: Annotated[Quiet | None, Field(description="Hours without a push")] = None
    budget: Annotated[BudgetSection, BeforeValidator(_or_nothing), Field(description="Limits a day")] = BudgetSection()
    keep: Annotated[Keep, BeforeValidator(_or_nothing), Field(description="How long things are kept")] = Keep()
    mail: Annotated[Mail, BeforeValidator(_or_nothing), Field(description="How messages are read")] = Mail()
    rules: Annotated[Entries, Field(description="When these conditions hold, then this follows")] = Field(default_factory=list)
    voice: Annotated[Any, Field(description="Who speaks; the local voice where it is left out")] = None
