"""What every part of the config file is built from; integrations derive their own settings from these."""

from __future__ import annotations

import os
from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from service.ports import Channel, Source, Surroundings, Voice


class Section(BaseModel):
    """Unknown keys are errors: a misspelt key must never be silently without effect."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


def wrong(problem: str, fix: str) -> PydanticCustomError:
    """What a validator raises: the loader makes a Complaint of both halves."""
    return PydanticCustomError("reveille", "{problem}. {fix}", {"problem": problem, "fix": fix})


class SecretUnreadable(ValueError):
    """Where a secret should be and what to do; the loader adds file, line and field."""


class Secret(Section):
    """A secret is named, never written: `{env: NAME}`, `{file: PATH}` or `{kept: CONNECTION}`."""

    env: Annotated[
        str | None, Field(min_length=1, description="The environment variable that holds it", examples=["MAIL_PASSWORD"])
    ] = None
    file: Annotated[Path | None, Field(description="A file that holds it and nothing else; relative to the config file")] = None

    kept: Annotated[
        str | None,
        Field(
            min_length=1,
            description="A connection that `reveille connect` made; CONNECTION.WORD where it keeps several secrets",
            examples=["imap", "slack.app_token"],
        ),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        if isinstance(value, dict | Secret):
            return value
        raise wrong("a secret is never written into this file", f"Name where it is: {_WAYS}")

    @field_validator("file")
    @classmethod
    def _beside_the_config(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        """The loader says where the config file is; without it a relative path stays as it is."""
        if file is None or not info.context or str(file).startswith("~"):
            return file
        return Path(info.context["folder"]) / file

    @model_validator(mode="after")
    def _one(self) -> Secret:
        if sum(way is not None for way in (self.env, self.file, self.kept)) != 1:
            raise wrong("a secret is named by exactly one of env, file and kept", f"Write {_WAYS}")
        return self

    def read(self, at: Surroundings | None = None) -> str:
        """The secret itself. `at` is where a kept one is looked up. Raises SecretUnreadable, AccessLost; those that are not kept are
        checked once at start for the whole config.
        """
        if self.kept is not None:
            return _kept(self.kept, at)
        if self.env is not None:
            value = "" if "\0" in self.env else os.environ.get(self.env, "")
            if not value:
                raise SecretUnreadable(f"environment variable {self.env} is not set")
            return value
        assert self.file is not None
        return _file(self.file)


_WAYS = "{env: NAME}, {file: PATH} or {kept: CONNECTION}"
_USUAL = ("password", "token", "access_token")
"""What a connection keeps whose word is not said."""


def _kept(named: str, at: Surroundings | None) -> str:
    name, _, word = named.partition(".")
    held = at.credentials.get(name) if at is not None else None
    if held is None:
        raise SecretUnreadable(f"there is no connection {name}: run `reveille connect`")
    secrets = held.credential.secrets
    for one in (word,) if word else _USUAL:
        if one in secrets:
            return secrets[one]
    raise SecretUnreadable(f"the connection {name} keeps no {word or 'password or token'}: it keeps {', '.join(sorted(secrets))}")


def _file(path: Path) -> str:
    try:
        value = path.expanduser().read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SecretUnreadable(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RuntimeError) as error:  # a NUL in the path, no home folder, not text
        raise SecretUnreadable(f"cannot read {path} as a line of UTF-8 text") from error
    if not value:
        raise SecretUnreadable(f"{path} is empty")
    return value


ALLOW = Field(
    description="What may be done there beside reading, once you approve it or a rule of yours stands for it; nothing where left out"
)


class SourceSettings(Section):
    """Base of every source's settings. Subclasses narrow `kind` to a Literal and add their own fields.

    A kind that can do something has a field `allow`: words of which each stands for what `service.actions.tools` names it by.
    """

    rings: ClassVar[bool] = False
    """Whether sources of this kind may have a doorbell."""
    kind: str
    name: Annotated[str, Field(description="How coverage calls it; made from kind and place where it is left out")] = ""

    @property
    def wants(self) -> frozenset[str]:
        """What `reveille connect` has to ask rights for: the kind, and what is set up beside reading."""
        return frozenset({self.kind})

    @property
    def allowed(self) -> frozenset[str]:
        return frozenset(getattr(self, "allow", ()))

    def default_name(self) -> str:
        """A short name a person recognises, without secrets: "maildir Mail"."""
        return self.kind

    @abstractmethod
    def connect(self, at: Surroundings) -> Source: ...


class ChannelSettings(Section):
    kind: str
    shows: Annotated[
        Literal["all", "no_private"],
        Field(description="`no_private` leaves out what is private: for a channel that others may see or hear"),
    ] = "all"

    @abstractmethod
    def connect(self, at: Surroundings) -> Channel: ...


class VoiceSettings(Section):
    kind: str

    @abstractmethod
    def connect(self) -> Voice: ...
