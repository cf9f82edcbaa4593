"""The sections that say whose day it is: me, pause, quiet, budget, keep."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator, model_validator

from service.domain.ledger import HOUSE
from service.domain.people import Budget, Pause, Person, QuietHours, Reader, Retention
from service.settings.section import Section, wrong
from service.settings.words import Age, ClockTime, Day, Email, Many, Name, Region, Zone
from service.settings.zones import system_zone

Priority = Literal["urgent", "high", "normal", "low"]


class WorkingHours(Section):
    from_: Annotated[ClockTime, Field(alias="from", description="When the working day begins", examples=["09:00"])] = time(9)
    until: Annotated[ClockTime, Field(description="When it ends", examples=["18:00"])] = time(18)

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.from_ >= self.until:
            raise wrong("the working day ends before it begins", "Let until be later than from")
        return self


class ReadsToo(Section):
    email: Annotated[Email, Field(description="Who else receives briefings, never what is private")]
    only: Annotated[
        Many[Name], Field(description="Cadences they receive; all where it is left out", examples=[["morning", "meetings"]])
    ] = ()


def _reader(value: object) -> object:
    return {"email": value} if isinstance(value, str) else value


class Me(Section):
    id: Annotated[
        str,
        Field(
            pattern=r"^([a-z0-9][a-z0-9._-]{0,63})?$",
            description="Stands for you in the store; made from the first address",
            examples=["mara"],
        ),
    ] = ""
    name: Annotated[Name, Field(description="How you are called", examples=["Mara Keller"])]
    emails: Annotated[
        Many[Email],
        Field(min_length=1, description="All your addresses: mail from them is yours", examples=[["mara@keller.example"]]),
    ]
    role: Annotated[
        str,
        Field(
            max_length=500,
            description="What you do and decide, in a sentence",
            examples=["Managing partner; decides on investments"],
        ),
    ] = ""
    priorities: Annotated[
        Many[Name], Field(description="What matters now; raises what speaks of it", examples=[["close the Atlas round"]])
    ] = ()
    goals: Annotated[
        Many[Name], Field(description="What you are working towards over months", examples=[["open the Geneva office"]])
    ] = ()
    timezone: Annotated[Zone, Field(description="Your home zone (IANA); the machine's where it is left out")] = Field(
        default_factory=system_zone
    )
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$", description="Of briefings", examples=["en"])] = "en"
    working_hours: Annotated[
        WorkingHours, Field(description="When others may expect you", examples=[{"from": "09:00", "until": "18:00"}])
    ] = WorkingHours()
    holidays: Annotated[Region, Field(description="Country, or country and part, whose holidays `weekdays` leaves out")] = ""
    reads_too: Annotated[
        Many[Annotated[ReadsToo, BeforeValidator(_reader)]],
        Field(
            description="Others who receive briefings",
            examples=[[{"email": "assistant@keller.example", "only": ["morning", "meetings"]}]],
        ),
    ] = ()

    @field_validator("id")
    @classmethod
    def _not_the_house(cls, id: str) -> str:
        if id == HOUSE:
            raise wrong(f"{HOUSE} is what the server calls its own rows", "Choose another id, or leave it out")
        return id


class PauseSection(Section):
    from_: Annotated[Day, Field(alias="from", description="The first day, in your zone")]
    until: Annotated[Day, Field(description="The last day")]
    except_: Annotated[
        Many[Priority], Field(alias="except", description="What comes through all the same", examples=[["urgent"]])
    ] = ()

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.until < self.from_:
            raise wrong(f"the pause ends ({self.until}) before it begins ({self.from_})", "Swap from and until")
        return self


class Quiet(Section):
    from_: Annotated[ClockTime, Field(alias="from", description="No push from then on, in your zone", examples=["21:00"])]
    until: Annotated[ClockTime, Field(description="Until then; may be on the next morning", examples=["06:30"])]
    except_: Annotated[
        Many[Priority], Field(alias="except", description="What comes through all the same", examples=[["urgent"]])
    ] = ()

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.from_ == self.until:
            raise wrong("quiet hours begin when they end", "Write two different times, or remove quiet to have none")
        return self


class BudgetSection(Section):
    pushes_per_day: Annotated[
        int, Field(strict=True, ge=0, le=1000, description="Pushes a day; what is over waits for the next briefing")
    ] = 8
    model_cost_per_day: Annotated[
        float, Field(ge=0, le=100_000, allow_inf_nan=False, description="What models may cost a day, in dollars")
    ] = 0.0


class Keep(Section):
    bodies: Annotated[Age, Field(description="How long the text of messages is kept", examples=["180d"])] = timedelta(days=180)
    artefacts: Annotated[Age, Field(description="How long rendered files are kept", examples=["30d"])] = timedelta(days=30)
    ledger: Annotated[Age, Field(description="How long past occurrences are kept", examples=["400d"])] = timedelta(days=400)


class Mail(Section):
    attachments: Annotated[
        bool, Field(description="Whether the text of attached files is read too: of text files, and of PDF with reveille[pdf]")
    ] = False


def person(me: Me, pauses: Sequence[PauseSection], quiet: Quiet | None, budget: BudgetSection, keep: Keep) -> Person:
    return Person(
        id=me.id or slug(me.emails[0]),
        name=me.name,
        emails=tuple(dict.fromkeys(me.emails)),
        timezone=me.timezone,
        role=me.role,
        priorities=me.priorities,
        goals=me.goals,
        language=me.language,
        working_hours=(me.working_hours.from_, me.working_hours.until),
        holidays=me.holidays,
        reads_too=tuple(Reader(r.email, r.only) for r in me.reads_too),
        pauses=tuple(Pause(_begins(p.from_, me), _begins(p.until + timedelta(days=1), me), frozenset(p.except_)) for p in pauses),
        quiet=QuietHours(quiet.from_, quiet.until, frozenset(quiet.except_)) if quiet else None,
        budget=Budget(budget.pushes_per_day, budget.model_cost_per_day),
        keep=Retention(keep.bodies, keep.artefacts, keep.ledger),
    )


def _begins(day: date, me: Me) -> datetime:
    """A local day's first moment in UTC, also where clocks jump over midnight (Cairo, Beirut)."""
    return datetime.combine(day, time(0), ZoneInfo(me.timezone)).astimezone(UTC)


def slug(email: str) -> str:
    """From "mara@keller.example" to "mara-keller-example". What letters can't carry is told apart by a digest."""
    plain = unicodedata.normalize("NFKD", email).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:50]
    if email.isascii() and len(email) <= 50 and re.fullmatch(r"[a-z0-9.@-]+", email):
        return words
    return f"{words}-{hashlib.sha256(email.encode()).hexdigest()[:8]}".lstrip("-")
