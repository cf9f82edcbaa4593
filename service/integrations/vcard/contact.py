"""A card to a contact."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from service.domain.items import Contact
from service.integrations.files.settings import digest
from service.integrations.vcard.parse import Card, Property

_ADDRESS = re.compile(r"[^\s,;<>\"]+@[^\s,;<>\"]+")
_WHEN = re.compile(r"^(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2}):?(\d{2})?)?")


def to_contact(card: Card, account: str, url: str) -> Contact | None:
    """None where it names neither a person nor an address. `id` is left to who knows the file."""
    emails = tuple(dict.fromkeys(address for p in card.all("EMAIL") for address in _addresses(p)))
    company, title = _company(card), card.first("TITLE") or card.first("ROLE")
    name = _name(card) or company or (emails[0] if emails else "")
    if not name:
        return None
    return Contact(
        id="",
        account=account,
        name=name,
        emails=emails,
        phones=tuple(dict.fromkeys(_phone(p) for p in card.all("TEL"))),
        company=company,
        title=_line(title.text) if title else "",
        notes="\n".join(p.text for p in card.all("NOTE")),
        updated_at=_updated(card.first("REV")),
        url=url,
    )


def identify(card: Card) -> str:
    """Its UID, else a digest of who it is of. Without the `#` that ends a file's name in a ref."""
    uid = card.first("UID")
    if uid and (text := _line(uid.text).removeprefix("urn:uuid:")):
        return text[:200].replace("#", "_")
    emails = sorted(address for p in card.all("EMAIL") for address in _addresses(p))
    return digest(_name(card).casefold(), *emails)[:16]


def _name(card: Card) -> str:
    full = card.first("FN")
    if full and _line(full.text):
        return _line(full.text)
    parted = card.first("N")
    if parted:
        family, given, middle, *_ = [*parted.parts(), "", "", ""]
        if joined := _line(f"{given} {middle} {family}"):
            return joined
    nick = card.first("NICKNAME")
    return _line(nick.text) if nick else ""


def _company(card: Card) -> str:
    organisation = card.first("ORG")
    return _line(organisation.parts()[0]) if organisation else ""


def _addresses(p: Property) -> list[str]:
    return [address.lower() for address in _ADDRESS.findall(p.text.removeprefix("mailto:").removeprefix("MAILTO:"))]


def _phone(p: Property) -> str:
    return _line(re.sub(r"^tel:", "", p.text, flags=re.IGNORECASE).partition(";")[0])


def _updated(revision: Property | None) -> datetime | None:
    found = _WHEN.match(revision.text) if revision else None
    if found is None:
        return None
    try:
        return datetime(*(int(group or 0) for group in found.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
    except ValueError:
        return None


def _line(text: str) -> str:
    return " ".join(text.split())
