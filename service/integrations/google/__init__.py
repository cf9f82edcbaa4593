"""What Google's kinds share: the settings of a source that uses a Google connection, signing in, and asking the API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from service.settings.section import SourceSettings, wrong


class GoogleSettings(SourceSettings):
    """Base of the settings of Gmail and Google Calendar."""

    login: Annotated[str, Field(min_length=1, description="The connection that `reveille connect google` made")] = "google"
    endpoint: Annotated[str, Field(description="Address of an emulator or a proxy in place of Google's own servers")] = ""

    @field_validator("endpoint")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise wrong("endpoint is no http:// or https:// address", "Leave it out: it is for emulators only")
        return value.rstrip("/")

    def default_name(self) -> str:
        return self.kind if self.login == "google" else f"{self.kind} {self.login}"
