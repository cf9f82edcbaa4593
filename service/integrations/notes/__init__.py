"""A folder of notes, documents and transcripts as plain text: Markdown, org, WebVTT, SubRip."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import AliasChoices, Field

from service.integrations.files.settings import FileSettings

if TYPE_CHECKING:
    from service.integrations.notes.source import Notes
    from service.ports import Surroundings


class Settings(FileSettings):
    """`skip` names folders below that are not read."""

    kind: Literal["notes"]
    path: Path = Field(
        validation_alias=AliasChoices("path", "folder"), description="The folder; `folder` says the same", examples=["~/Notes"]
    )
    skip: tuple[str, ...] = Field((), description="Folders below that are not read", examples=[["Archive"]])

    def connect(self, at: Surroundings) -> Notes:
        from service.integrations.notes.source import Notes

        return Notes(self, at)
