"""Gmail by its API (https://developers.google.com/workspace/gmail/api/reference/rest)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from service.integrations.google import GoogleSettings
from service.settings.section import ALLOW
from service.settings.words import Many

if TYPE_CHECKING:
    from service.integrations.gmail.source import Gmail
    from service.ports import Surroundings


class Settings(GoogleSettings):
    """Spam and the trash are never read. Labels are named as Gmail shows them: Inbox, Promotions, Clients/Atlas."""

    kind: Literal["gmail"]
    labels: tuple[str, ...] = Field((), description="Only mail with one of these labels; all of it where none is named")
    skip: tuple[str, ...] = Field((), description="Mail with one of these labels is not read", examples=[["Promotions"]])
    allow: Annotated[Many[Literal["draft", "label"]], ALLOW] = ()

    def connect(self, at: Surroundings) -> Gmail:
        from service.integrations.gmail.source import Gmail

        return Gmail(self, at)
