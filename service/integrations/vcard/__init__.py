"""Contacts from vCard files, one or many cards in each, 2.1, 3.0 and 4.0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from service.integrations.files.settings import FileSettings

if TYPE_CHECKING:
    from service.integrations.vcard.source import VCards
    from service.ports import Surroundings


class Settings(FileSettings):
    kind: Literal["vcard"]

    def connect(self, at: Surroundings) -> VCards:
        from service.integrations.vcard.source import VCards

        return VCards(self, at)
