"""HubSpot's CRM over its REST interface (https://developers.hubspot.com/docs/api-reference/overview)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic.json_schema import SkipJsonSchema

from service.settings.section import Secret, SourceSettings, wrong

if TYPE_CHECKING:
    from service.http import Login
    from service.integrations.hubspot.source import HubSpot
    from service.ports import Surroundings

Part = Literal["contacts", "companies", "deals", "notes", "calls", "meetings", "emails", "owners"]
USUAL: tuple[Part, ...] = ("contacts", "companies", "deals", "notes", "calls", "meetings", "owners")


class Settings(SourceSettings):
    """What to click in HubSpot is in [connections/hubspot.md](connections/hubspot.md)."""

    kind: Literal["hubspot"]
    token: Secret | None = Field(
        None, description="A service key, or a private app's access token", examples=[{"kept": "hubspot"}]
    )
    objects: tuple[Part, ...] = Field(USUAL, min_length=1, description="What is read", examples=[["contacts", "deals"]])
    base_url: SkipJsonSchema[str] = Field("https://api.hubapi.com", description="For tests")

    @field_validator("base_url")
    @classmethod
    def _safe(cls, url: str) -> str:
        parts = urlsplit(url)
        here = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if not (here or parts.scheme == "https") or not parts.hostname:
            raise wrong("the token is only sent to an https:// address, or to this machine", "Leave base_url out")
        return url.rstrip("/")

    def connect(self, at: Surroundings, login: Login | None = None) -> HubSpot:
        """`login`: what requests are authorised by in place of `token`. Raises AccessLost where there is neither."""
        from service.integrations.hubspot.api import Api
        from service.integrations.hubspot.login import Named
        from service.integrations.hubspot.source import HubSpot

        return HubSpot(Api(self.base_url, at.clock, login or Named(self.token, at)), self.objects, at)
