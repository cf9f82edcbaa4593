"""Calendars of Microsoft 365, Exchange Online and outlook.com, over Microsoft Graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from service.integrations.microsoft.settings import GraphSettings
from service.settings.section import ALLOW
from service.settings.words import Many

if TYPE_CHECKING:
    from service.integrations.outlook_calendar.source import OutlookCalendar
    from service.ports import Surroundings


class Settings(GraphSettings):
    """`calendars` names them as Outlook does; the account's own one where it is left out."""

    kind: Literal["outlook_calendar"]
    calendars: tuple[str, ...] = Field((), description="Which calendars are read", examples=[["Calendar", "Team"]])
    allow: Annotated[Many[Literal["event"]], ALLOW] = ()

    def connect(self, at: Surroundings) -> OutlookCalendar:
        from service.integrations.outlook_calendar.source import OutlookCalendar

        return OutlookCalendar(self, at)
