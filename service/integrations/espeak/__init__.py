"""The local voice: espeak-ng, offline, always in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from service.settings.section import VoiceSettings

if TYPE_CHECKING:
    from service.integrations.espeak.voice import Voice


class Settings(VoiceSettings):
    """`{kind: espeak}`; `voice` is an espeak-ng voice name ("en-us", "en-gb-x-rp"), "" takes the briefing's language."""

    kind: Literal["espeak"] = "espeak"
    voice: str = Field(default="", pattern=r"^[A-Za-z0-9_+-]{0,40}$")
    rate: int = Field(default=160, ge=80, le=300, description="words a minute")

    def connect(self) -> Voice:
        from service.integrations.espeak.voice import Voice

        return Voice(self.voice, self.rate)
