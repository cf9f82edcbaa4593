"""A folder of messages, one a file, as mail programs save them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from service.integrations.files.settings import FileSettings

if TYPE_CHECKING:
    from service.integrations.eml.source import Eml
    from service.ports import Surroundings


class Settings(FileSettings):
    kind: Literal["eml"]

    def connect(self, at: Surroundings) -> Eml:
        from service.integrations.eml.source import Eml

        return Eml(self, at)
