"""Kinds for tests of the config file: two sources and a channel that connect to nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from service.ports import Channel, Source, Surroundings
from service.settings.kinds import Family, Kinds, family
from service.settings.section import ChannelSettings, Secret, SourceSettings, VoiceSettings


class Box(SourceSettings):
    kind: Literal["box"]
    path: Path

    def default_name(self) -> str:
        return f"box {self.path.name}"

    def connect(self, at: Surroundings) -> Source:
        raise NotImplementedError


class Remote(SourceSettings):
    kind: Literal["remote"]
    host: str
    password: Secret
    folders: dict[str, str] = Field(default_factory=dict)

    def connect(self, at: Surroundings) -> Source:
        raise NotImplementedError


class Post(ChannelSettings):
    kind: Literal["post"]
    to: str
    token: Secret | None = None

    def connect(self, at: Surroundings) -> Channel:
        raise NotImplementedError


def broken() -> object:
    raise ImportError("No module named 'vendor_sdk'")


KINDS = Kinds(
    Family(SourceSettings, {"box": lambda: Box, "remote": lambda: Remote, "broken": broken}),
    family(ChannelSettings, post=Post),
    family(VoiceSettings),
)
