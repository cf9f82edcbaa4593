"""Calendars and task lists on a CalDAV server (RFC 4791): Nextcloud, iCloud, Fastmail, mailbox.org, Radicale and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from service.integrations.dav.settings import DavSettings
from service.settings.section import ALLOW
from service.settings.words import Many

if TYPE_CHECKING:
    from service.ports import Source, Surroundings


class Settings(DavSettings):
    """With an address alone, the server is found by the domain's DNS and its well-known address."""

    kind: Literal["caldav"]
    calendars: tuple[str, ...] = Field(
        (), description="Calendars that are read, by name; all where it is left out", examples=[["Work"]]
    )
    allow: Annotated[Many[Literal["event"]], ALLOW] = ()

    def connect(self, at: Surroundings) -> Source:
        from service.integrations.caldav.objects import Calendars
        from service.integrations.dav.source import DavSource

        kind = Calendars(at.account, at.read_calendar, at.person.zone)
        return DavSource(kind, self.account(kind.words, self.calendars, at))
