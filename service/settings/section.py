"""What every part of the config file is built from; integrations derive their own settings from these."""

from __future__ import annotations

import os
from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, model_validator

if TYPE_CHECKING:
    from service.ports import Channel, Source, Surroundings, Voice


class Section(BaseModel):
    """Unknown keys are errors: a misspelt key must never be silently without effect."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SecretUnreadable(ValueError):
    """Where a secret should be and what to do; the loader adds file, line and field."""


class Secret(Section):
    """A secret is named, never written: `{env: NAME}` or `{file: PATH}`."""

    env: str | None = None
    file: Path | None = None

    @model_validator(mode="after")
    def _one(self) -> Secret:
        if (self.env is None) == (self.file is None):
            raise ValueError("name a secret by exactly one of env or file")
        return self

    def read(self) -> str:
        """The secret itself. Raises SecretUnreadable; checked once at start for every secret in the config."""
        if self.env is not None:
            value = os.environ.get(self.env, "")
            if not value:
                raise SecretUnreadable(f"environment variable {self.env} is not set")
            return value
        assert self.file is not None
        try:
            return self.file.expanduser().read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SecretUnreadable(f"cannot read {self.file}: {error.strerror}") from error


class SourceSettings(Section):
    """Base of every source's settings. Subclasses narrow `kind` to a Literal and add their own fields."""

    kind: str
    name: str = ""  # how coverage calls it; made from kind and place where it is empty

    def default_name(self) -> str:
        """A short name a person recognises, without secrets: "maildir Mail"."""
        return self.kind

    @abstractmethod
    def connect(self, at: Surroundings) -> Source: ...


class ChannelSettings(Section):
    kind: str
    shows: Literal["all", "no_private"] = "all"

    @abstractmethod
    def connect(self, at: Surroundings) -> Channel: ...


class VoiceSettings(Section):
    kind: str

    @abstractmethod
    def connect(self) -> Voice: ...
