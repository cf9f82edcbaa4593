"""The part of the config that every source in files has."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from service.settings.section import SourceSettings

if TYPE_CHECKING:
    from service.ports import Surroundings

FORMAT = 1
"""Part of every stamp: raised when an item is read differently than before, so that all are read once more."""


class FileSettings(SourceSettings):
    path: Path = Field(description="Where it lies; relative to the config file, ~ is your home")

    def default_name(self) -> str:
        """The kind and the last part of the path: "maildir Mail"."""
        return f"{self.kind} {self.path.name or self.path}"

    def place(self, at: Surroundings) -> Path:
        """Where it lies: `~` is the home folder, a relative path begins at the config's folder."""
        try:
            path = self.path.expanduser()
        except RuntimeError:  # no such user, or no home
            path = self.path
        return at.folder / path

    def fingerprint(self, *depends_on: str) -> str:
        """Changes when the same bytes would be read as another item: by other options, or by what else the items of this
        kind depend on (the place they link to, the person's addresses). It is part of every stamp.
        """
        options = self.model_dump_json(exclude={"name", "path"})
        return digest(str(FORMAT), options, *depends_on)[:6]


def digest(*parts: str) -> str:
    """40 hex digits over the parts, which can't run into each other."""
    whole = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(whole.encode("utf-8", "backslashreplace"), digest_size=20).hexdigest()
