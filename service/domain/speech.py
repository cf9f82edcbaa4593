"""What is said aloud, and the recording of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    text: str  # short sentences; numbers and dates as words, no symbols, no links


@dataclass(frozen=True, slots=True)
class Script:
    title: str
    chapters: tuple[Chapter, ...]
    language: str = "en"

    @property
    def text(self) -> str:
        return "\n\n".join(c.text for c in self.chapters)


@dataclass(frozen=True, slots=True)
class Recording:
    data: bytes
    media_type: str  # audio/mpeg
    length: timedelta
    chapters: tuple[tuple[str, timedelta], ...]  # title and where it starts
