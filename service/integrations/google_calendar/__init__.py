"""Google Calendar by its API (https://developers.google.com/workspace/calendar/api/v3/reference)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from service.integrations.google import GoogleSettings
from service.settings.section import ALLOW
from service.settings.words import Many

if TYPE_CHECKING:
    from service.integrations.google_calendar.source import GoogleCalendar
    from service.ports import Surroundings


class Settings(GoogleSettings):
    """Without `calendars`, those that the person may change and has ticked in Google Calendar are read: not a colleague's."""

    kind: Literal["google_calendar"]
    calendars: tuple[str, ...] = Field((), description="Names or addresses of the calendars to read", examples=[["Family"]])
    allow: Annotated[Many[Literal["event"]], ALLOW] = ()

    def connect(self, at: Surroundings) -> GoogleCalendar:
        from service.integrations.google_calendar.source import GoogleCalendar

        return GoogleCalendar(self, at)
