"""Briefings as files in a folder, one folder a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from service.settings.section import ChannelSettings

if TYPE_CHECKING:
    from service.ports import Channel, Surroundings


class Settings(ChannelSettings):
    kind: Literal["folder"]
    path: Annotated[
        str,
        Field(
            min_length=1,
            max_length=4000,
            pattern=r"^[^\x00]+$",
            description="The folder; relative to the config file",
            examples=["~/Briefings"],
        ),
    ]

    def connect(self, at: Surroundings) -> Channel:
        from service.integrations.folder.channel import Folder

        return Folder(self, at)
