"""Names and roles of addresses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from service.domain.people import Address, Person
from service.people.domains import is_free_mail, organisation

_MACHINE = re.compile(
    r"^(?:.*[._+-])?(?:no-?_?\.?reply|do-?_?not-?_?reply|donotreply|nicht-?antworten|ne-?pas-?repondre|mailer-?daemon|postmaster|bounces?|notifications?|notify|notifier|"
    r"alerts?|automated|automation|autoresponder|auto|bot|robot|daemon|system|cron|root|updates?|newsletters?|news|digest|mailer|mailing|majordomo|listserv|"
    r"ci|jenkins|builds?|calendar-notification|reminders?|receipts?|billing|invoices?|rechnung|orders?|shipping|tracking|security|account-security|"
    r"marketing|promo(?:tions?)?|offers?|deals|subscriptions?|feedback|survey|noreply\w*)(?:[._+-].*|\d*)?$"
)
_TITLES = frozenset(
    (
        "dr",
        "prof",
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "herr",
        "frau",
        "mme",
        "mlle",
        "m",
        "sr",
        "sra",
        "dipl",
        "ing",
        "sir",
        "dame",
        "rev",
    )
)
_SPLIT = re.compile(r"[\s_]+")


def is_machine(address: str | Address) -> bool:
    """Whether a program writes from this address, by its local part: no-reply, notifications, mailer-daemon …"""
    email = address.email if isinstance(address, Address) else address
    return bool(_MACHINE.match(email.lower().partition("@")[0][:100]))


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Whole name to first name, for those whose first name nobody else of them has."""
    first = {name: first_name(name) for name in names}
    tally = Counter(first.values())
    return {name: short for name, short in first.items() if short and tally[short] == 1}


def is_external(person: Person, email: str) -> bool:
    """Whether an address belongs to somebody outside the person's organisation. With free mail everybody else does."""
    if person.is_me(email):
        return False
    mine = {organisation(d) for d in person.domains if not is_free_mail(d)}
    return organisation(email.rpartition("@")[2]) not in mine


@lru_cache(maxsize=4096)
def first_name(label: str) -> str:
    """How one would speak to them: "Whitfield, Dana" and "Dr. Dana Whitfield" and "dana.whitfield@atlas.example" give "Dana"."""
    text = label.strip().strip("\"'")
    if "@" in text:
        text = re.split(r"[._+-]", text.partition("@")[0])[0].capitalize()
    elif "," in text:
        last, _, rest = text.partition(",")
        text = rest.strip() or last
    parts = [p for p in _SPLIT.split(text) if p.lower().rstrip(".") not in _TITLES]
    return parts[0] if parts else text
