"""One revision of a person's config file, read, checked and typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from service.domain.ledger import Cadence
from service.domain.people import Person
from service.domain.rules import Rule
from service.settings.section import ChannelSettings, SourceSettings, VoiceSettings


@dataclass(frozen=True, slots=True)
class Config:
    """Every source's `name` is filled in and unique; `revision` changes with any byte of the file."""

    person: Person
    sources: tuple[SourceSettings, ...]
    channels: Mapping[str, ChannelSettings]
    cadences: tuple[Cadence, ...]
    rules: tuple[Rule, ...]
    voice: VoiceSettings | None
    revision: str
    text: str
    file: Path
    reads_attachments: bool = False

    @property
    def folder(self) -> Path:
        """What relative paths in the file are relative to."""
        return self.file.parent

    @property
    def names(self) -> Mapping[str, SourceSettings]:
        """The sources by their account names, in the order of the file."""
        return {source.name: source for source in self.sources}

    def cadence(self, name: str) -> Cadence | None:
        return next((c for c in self.cadences if c.name == name), None)
