"""Mail in mbox files: one file, or a folder of them (Thunderbird, Apple Mail, Google Takeout, mutt)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from service.integrations.files.settings import FileSettings

if TYPE_CHECKING:
    from service.integrations.mbox.source import Mbox
    from service.ports import Surroundings


class Settings(FileSettings):
    kind: Literal["mbox"]

    def connect(self, at: Surroundings) -> Mbox:
        from service.integrations.mbox.source import Mbox

        return Mbox(self, at)
