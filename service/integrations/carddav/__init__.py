"""Address books on a CardDAV server (RFC 6352): Nextcloud, iCloud, Fastmail, mailbox.org, Radicale and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from service.integrations.dav.settings import DavSettings

if TYPE_CHECKING:
    from service.ports import Source, Surroundings


class Settings(DavSettings):
    """With an address alone, the server is found by the domain's DNS and its well-known address."""

    kind: Literal["carddav"]
    books: tuple[str, ...] = Field(
        (), description="Address books that are read, by name; all where it is left out", examples=[["Clients"]]
    )

    def connect(self, at: Surroundings) -> Source:
        from service.integrations.carddav.objects import Books
        from service.integrations.dav.source import DavSource

        kind = Books(at.account)
        return DavSource(kind, self.account(kind.words, self.books, at))
