"""Calendars in iCalendar files: one file, a folder of them, or an address to subscribe to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from service.errors import AccessLost
from service.settings.section import Secret, SecretUnreadable, SourceSettings

if TYPE_CHECKING:
    from service.ports import Source, Surroundings


class Settings(SourceSettings):
    """`url` is written out where it holds no secret, and named (`{env: CALENDAR_URL}`) where it does."""

    kind: Literal["ics"]
    path: Path | None = Field(None, description="A file, or a folder of .ics files")
    url: str | Secret | None = Field(None, description="https:// or webcal:// address; one with a secret in it as {env: NAME}")

    @model_validator(mode="after")
    def _one(self) -> Settings:
        if (self.path is None) == (self.url is None):
            raise ValueError("an ics source needs exactly one of path and url")
        if isinstance(self.url, str) and urlsplit(self.url).scheme.lower() not in {"https", "http", "webcal", "webcals"}:
            raise ValueError("url must begin with https://, http:// or webcal://; for a file use path")
        return self

    def default_name(self) -> str:
        """The file's name or the address's host: the rest of an address may be a secret."""
        if self.path is not None:
            return f"ics {self.path.name or self.path}"
        return f"ics {urlsplit(self.url).hostname}" if isinstance(self.url, str) else "ics"

    def connect(self, at: Surroundings) -> Source:
        if self.path is not None:
            from service.integrations.ics.files import Source as Files

            return Files(self.path, at)
        from service.integrations.ics.subscription import Source as Subscription

        assert self.url is not None
        try:
            return Subscription(self.url if isinstance(self.url, str) else self.url.read(at), at)
        except SecretUnreadable as error:
            raise AccessLost(f"the calendar's address is not there: {error}") from error
