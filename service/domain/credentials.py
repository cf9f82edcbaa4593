"""What a person signed in with, somewhere: kept sealed, renewed by whoever needs it, never said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Credential:
    """`secrets` are the vendor's own words for them: access_token, refresh_token, password … `login` is who signed in there."""

    vendor: str
    login: str = ""
    scopes: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    about: Mapping[str, str] = field(default_factory=dict)
    """What else is needed and is no secret: a server's address, an authority, a client's id."""
    expires_at: datetime | None = None
    """Of what `secrets` hold for the moment; None where it is good until somebody revokes it."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A credential as `reveille connections` shows it."""

    name: str
    vendor: str
    login: str
    scopes: tuple[str, ...]
    made_at: datetime
    renewed_at: datetime
    readable: bool = True
    """Whether the key here opens it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A credential as it was read: whoever finds it stale says which one it was."""

    credential: Credential
    version: int
