"""Mail in maildirs (https://cr.yp.to/proto/maildir.html), with Maildir++ subfolders and maildirs in folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from service.integrations.files.settings import FileSettings

if TYPE_CHECKING:
    from service.integrations.maildir.source import Maildir
    from service.ports import Surroundings


class Settings(FileSettings):
    """`skip` names folders that are not read: `skip: [Spam, Archive/2019]`."""

    kind: Literal["maildir"]
    skip: tuple[str, ...] = Field((), description="Folders below that are not read", examples=[["Spam"]])

    def connect(self, at: Surroundings) -> Maildir:
        from service.integrations.maildir.source import Maildir

        return Maildir(self, at)
