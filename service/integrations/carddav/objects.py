"""Address objects to contacts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from service.domain.items import Item
from service.integrations.dav.vocabulary import Reading, Words
from service.integrations.dav.xml import CARD
from service.integrations.vcard.contact import identify, to_contact
from service.integrations.vcard.parse import Card, cards

WORDS = Words(
    one="address book",
    many="address books",
    setting="books",
    collection=f"{CARD}addressbook",
    home=f"{CARD}addressbook-home-set",
    data=f"{CARD}address-data",
    multiget=f"{CARD}addressbook-multiget",
    well_known="carddav",
    service="carddav",
)


@dataclass(frozen=True, slots=True)
class Books:
    account: str
    words: Words = WORDS

    def read(self, data: bytes, path: str, collection: str) -> Reading:  # noqa: ARG002 a card says all itself
        items: list[tuple[str, Item]] = []
        wrong: list[str] = []
        for card in cards(data):
            if card.fault:
                wrong.append(card.fault)
            elif not _is_group(card):
                contact = to_contact(card, self.account, "")
                if contact is None:
                    wrong.append("names nobody")
                else:
                    key = identify(card)
                    items.append((key, replace(contact, id=f"{self.account}#{key}")))
        if not items and not wrong and b"BEGIN:VCARD" not in data.upper():
            wrong.append("holds no vCard")
        return Reading(items, wrong)

    def soon(self, now: datetime) -> str:  # noqa: ARG002 contacts have no days
        return ""


def _is_group(card: Card) -> bool:
    """A list of others (RFC 6350 section 6.1.4, and Apple's way in version 3) is nobody to know."""
    kind = card.first("KIND") or card.first("X-ADDRESSBOOKSERVER-KIND")
    return kind is not None and kind.text.strip().lower() == "group"
