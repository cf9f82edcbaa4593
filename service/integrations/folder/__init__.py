"""Briefings as files in a folder, one folder a day."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from service.settings.section import ChannelSettings, wrong

if TYPE_CHECKING:
    from service.ports import Channel, Surroundings


def _nameable(path: Path) -> Path:
    if "\0" in str(path) or len(str(path)) > 4000:
        raise wrong("no path can be written so", "Name a folder")
    return path


class Settings(ChannelSettings):
    kind: Literal["folder"]
    path: Annotated[
        Path, AfterValidator(_nameable), Field(description="The folder; relative to the config file", examples=["~/Briefings"])
    ]

    def connect(self, at: Surroundings) -> Channel:
        from service.integrations.folder.channel import Folder

        return Folder(self, at)
