"""The section that says when each job runs. Every job has a section of its own, so that an unknown key is caught."""

from __future__ import annotations

from abc import abstractmethod
from datetime import time, timedelta
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from service.domain.ledger import BeforeEvents, Cadence, Every, Timing, WallTimes
from service.domain.people import Person
from service.settings.section import Section, wrong
from service.settings.words import DAYS, ClockTime, Interval, Lead, Many, Name, between, days

MONDAY_TO_FRIDAY = frozenset(range(5))
Days = Annotated[
    frozenset[int],
    PlainValidator(days),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": ["weekdays", "daily", "weekends", *DAYS]},
                {"type": "array", "minItems": 1, "items": {"enum": [*DAYS, "weekdays", "weekends"]}},
            ]
        }
    ),
]
To = Annotated[Many[Name], Field(description="Channels it is delivered to", examples=[["inbox"]])]


class CadenceSection(Section):
    """Base: `job` names the use case where the cadence's own name does not."""

    runs: ClassVar[str]

    @property
    def channels(self) -> tuple[str, ...]:
        return getattr(self, "to", ())

    @abstractmethod
    def timing(self, person: Person) -> Timing: ...

    def options(self) -> tuple[tuple[str, Any], ...]:
        return ()

    def cadence(self, name: str, person: Person) -> Cadence:
        return Cadence(person.id, name, self.runs, self.timing(person), self.channels, self.options())


class Morning(CadenceSection):
    runs: ClassVar[str] = "morning"
    job: Annotated[
        Literal["morning"], Field(description="Names the job where the cadence is called otherwise: to have two mornings")
    ] = "morning"
    at: Annotated[Many[ClockTime], Field(min_length=1, max_length=24, description="When it is delivered, in your zone")] = (
        time(7),
    )
    days: Annotated[
        Days,
        Field(
            description="weekdays (without your holidays), daily, weekends, or a list of days",
            examples=["weekdays", ["mon", "thu"]],
        ),
    ] = MONDAY_TO_FRIDAY
    to: To = ()
    audio: Annotated[bool, Field(strict=True, description="Also as an MP3")] = False
    prepare: Annotated[Lead, Field(description="How long before, preparing starts")] = timedelta(minutes=10)
    useful: Annotated[Lead, Field(description="How long after, it is still worth sending")] = timedelta(hours=4)

    def timing(self, person: Person) -> WallTimes:
        # The default and the word `weekdays` mean working days; days that are listed one by one mean those days, holiday or not.
        workdays = bool(person.holidays) and self.days == MONDAY_TO_FRIDAY
        return WallTimes(tuple(sorted(set(self.at))), self.days, workdays, self.useful, self.prepare)

    def options(self) -> tuple[tuple[str, Any], ...]:
        return (("audio", self.audio),)


def _lead_or_none(value: object) -> timedelta | None:
    return None if value is None or value is False else between("1m", "14d")(value)


OptionalLead = Annotated[
    timedelta | None,
    PlainValidator(_lead_or_none),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$", "minLength": 2},
                {"const": False},
                {"type": "null"},
            ]
        }
    ),
]


class Meetings(CadenceSection):
    runs: ClassVar[str] = "meeting"
    job: Annotated[Literal["meeting"], Field(description="Names the job where the cadence is called otherwise")] = "meeting"
    brief: Annotated[
        OptionalLead, Field(description="How long before a meeting its brief comes; false for none", examples=["4h"])
    ] = timedelta(hours=4)
    push: Annotated[OptionalLead, Field(description="How long before it a push comes; false for none", examples=["15m"])] = (
        timedelta(minutes=15)
    )
    to: To = ()
    only: Annotated[Literal["", "external"], Field(description="`external`: only meetings with somebody from outside")] = ""

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.brief is None and self.push is None:
            raise wrong("neither brief nor push is set", "Set one of them, or remove the cadence")
        return self

    def timing(self, person: Person) -> BeforeEvents:
        del person
        return BeforeEvents(self.brief, self.push, self.only)


class _Interval(CadenceSection):
    every: Annotated[Interval, Field(description="How often", examples=["5m"])] = timedelta(minutes=5)

    def timing(self, person: Person) -> Every:
        del person
        return Every(self.every)


class Triage(_Interval):
    runs: ClassVar[str] = "triage"
    job: Annotated[Literal["triage"], Field(description="Names the job where the cadence is called otherwise")] = "triage"


class Slack(_Interval):
    runs: ClassVar[str] = "slack"
    job: Annotated[Literal["slack"], Field(description="Names the job where the cadence is called otherwise")] = "slack"
    topics: Annotated[Many[Name], Field(description="What to watch for in threads", examples=[["Atlas launch", "outage"]])] = ()
    to: To = ()

    def options(self) -> tuple[tuple[str, Any], ...]:
        return (("topics", self.topics),)


JOBS: dict[str, type[CadenceSection]] = {"morning": Morning, "meeting": Meetings, "triage": Triage, "slack": Slack}
NAMED: dict[str, str] = {"morning": "morning", "meetings": "meeting", "triage": "triage", "slack": "slack"}
"""The cadences whose name says their job."""
