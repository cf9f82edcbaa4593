"""Pushes through Apprise: any of the services it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from service.settings.section import ChannelSettings, Secret
from service.settings.words import Many

if TYPE_CHECKING:
    from service.ports import Channel, Surroundings


class Settings(ChannelSettings):
    kind: Literal["push"]
    url: Annotated[
        Many[Secret],
        Field(
            min_length=1,
            max_length=20,
            description="Where the Apprise address of the service is, one or several",
            examples=[{"env": "PUSH_URL"}],
        ),
    ]

    def connect(self, at: Surroundings) -> Channel:
        from service.integrations.push_apprise.channel import Push

        return Push(self, at)
