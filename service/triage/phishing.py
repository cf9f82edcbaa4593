"""Signs that a message pretends to come from somebody else, or wants what nobody should give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from service.domain.items import Message
from service.domain.people import Person
from service.domain.verdicts import Relation
from service.people import is_free_mail, organisation
from service.triage.links import disguised, host_of

THRESHOLD = 1.0

_BRANDS = {
    "paypal": "paypal.com", "microsoft": "microsoft.com", "office365": "microsoft.com", "outlook": "outlook.com", "apple": "apple.com",
    "icloud": "icloud.com", "amazon": "amazon.com", "google": "google.com", "gmail": "gmail.com", "netflix": "netflix.com", "facebook": "facebook.com",
    "instagram": "instagram.com", "linkedin": "linkedin.com", "whatsapp": "whatsapp.com", "dropbox": "dropbox.com", "docusign": "docusign.com",
    "adobe": "adobe.com", "dhl": "dhl.com", "fedex": "fedex.com", "ups": "ups.com", "usps": "usps.com", "ebay": "ebay.com", "coinbase": "coinbase.com",
    "binance": "binance.com", "stripe": "stripe.com", "wells fargo": "wellsfargo.com", "wellsfargo": "wellsfargo.com", "chase": "chase.com",
    "bank of america": "bankofamerica.com", "citibank": "citibank.com", "hsbc": "hsbc.com", "barclays": "barclays.co.uk", "postfinance": "postfinance.ch",
    "deutsche bank": "deutsche-bank.de", "sparkasse": "sparkasse.de", "revolut": "revolut.com", "github": "github.com", "slack": "slack.com", "zoom": "zoom.us",
}  # fmt: skip
_BRAND_NAMED = re.compile(r"\b(" + "|".join(map(re.escape, _BRANDS)) + r")\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]+@((?:[\w-]+\.)+[a-z]{2,})", re.IGNORECASE)
_LOOKS = str.maketrans(
    {
        "0": "o",
        "1": "l",
        "3": "e",
        "5": "s",
        "4": "a",
        "@": "a",
        "і": "i",
        "а": "a",
        "о": "o",
        "е": "e",
        "р": "p",
        "с": "c",
        "ԁ": "d",
        "ӏ": "l",
    }
)
_OFFICE = re.compile(
    r"security|support|billing|account|service ?desk|help ?desk|it[- ]team|admin|payroll|verification|center|centre|department|team",
    re.IGNORECASE,
)


def signs(
    message: Message, person: Person, relation: Relation, counts: Mapping[str, int], marked: set[str]
) -> Iterator[tuple[float, str]]:
    """(weight, in words). Together they are phishing from THRESHOLD on."""
    yield from _pretence(message, person)
    yield from _links(message, newsletter=counts.get("removal", 0) >= 2)
    yield from _lures(message, relation, counts, marked)
    results = message.authentication
    if results.dmarc == "fail":
        yield 0.5, f"{message.sender.domain} disowns it (DMARC failed)"
    elif results.spf in ("fail", "softfail") and results.dkim != "pass":
        yield 0.3, "the sending server may not write for this domain (SPF failed)"
    if message.hidden_chars > 80:
        yield 0.25, "hides text from the reader"


def _pretence(message: Message, person: Person) -> Iterator[tuple[float, str]]:
    sender = message.sender
    domain = sender.domain
    if not domain:
        return
    home = organisation(domain)
    mine = frozenset(organisation(d) for d in person.domains if not is_free_mail(d))
    copied = _imitated(home, mine)
    if copied:
        yield 0.9, f"{domain} imitates {copied}"
    name = sender.name[:200]  # longer ones are made to slow somebody down
    shown = _ADDRESS.search(name)
    if shown and organisation(shown[1].lower()) != home:
        yield 0.8, f"its name shows {shown[0]}, but it comes from {sender.email}"
    brand = _BRAND_NAMED.search(name)
    if (
        brand
        and not copied
        and not _belongs(home, brand[1].lower())
        and (_OFFICE.search(name) or len(sender.name) < len(brand[1]) + 6)
    ):
        yield 0.6, f"calls itself {brand[1]}, but writes from {domain}"
    if sender.name and home not in mine and sender.name.casefold() == person.name.casefold() and not person.is_me(sender.email):
        yield 0.6, "uses your own name"
    if message.reply_to and message.reply_to.domain and not message.bulk.is_list:
        elsewhere = organisation(message.reply_to.domain)
        if elsewhere != home and is_free_mail(message.reply_to.domain) and not is_free_mail(domain):
            yield 0.4, f"answers would go to {message.reply_to.email}"


def _belongs(home: str, brand: str) -> bool:
    return home.partition(".")[0].startswith(brand.replace(" ", "")) or home == _BRANDS[brand]


@lru_cache(maxsize=8192)
def _imitated(home: str, mine: frozenset[str]) -> str:
    if home in mine or home in _BRANDS.values():
        return ""
    return next((real for real in (*sorted(mine), *_BRANDS.values()) if looks_like(home, real)), "")


def looks_like(domain: str, real: str) -> bool:
    """Whether a domain is made to be taken for another: a letter off, a digit for a letter, the name with an addition."""
    if domain == real:
        return False
    label, known = domain.partition(".")[0], real.partition(".")[0]
    if label == known or len(known) < 4:
        return False
    if "xn--" in domain:
        try:
            label = label.encode().decode("idna")
        except UnicodeError:
            return False
    plain = label.translate(_LOOKS).replace("rn", "m").replace("vv", "w")
    if plain == known.replace("rn", "m") or (len(known) > 5 and _one_off(label, known)):
        return True
    parts = plain.split("-")
    return len(parts) > 1 and known in parts and any(p in _ADDITIONS for p in parts)


_ADDITIONS = frozenset(
    (
        "secure",
        "security",
        "login",
        "verify",
        "verification",
        "account",
        "accounts",
        "support",
        "billing",
        "update",
        "service",
        "alert",
        "team",
        "online",
        "mail",
        "help",
        "portal",
        "sso",
        "auth",
        "payments",
        "invoice",
        "center",
    )
)


def _one_off(a: str, b: str) -> bool:
    """One letter changed, added, left out, or two neighbours swapped."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    if len(a) == len(b):
        wrong = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        return len(wrong) == 1 or (
            len(wrong) == 2 and wrong[1] == wrong[0] + 1 and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
        )
    short, long = sorted((a, b), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def _links(message: Message, *, newsletter: bool) -> Iterator[tuple[float, str]]:
    """Newsletters and lists are left out: mailing services count clicks through hosts of their own."""
    if newsletter or message.bulk.unsubscribe or message.bulk.is_list or len(message.links) > 12:
        return
    for link in message.links[:40]:
        shown = disguised(link)
        if shown:
            yield 0.6, f"a link shows {shown} and goes to {host_of(link.target)}"
            return


def _lures(message: Message, relation: Relation, counts: Mapping[str, int], marked: set[str]) -> Iterator[tuple[float, str]]:
    stranger = not (relation.sent or relation.known or relation.answered)
    shady = bool(marked & {"cheap_domain", "bait_domain", "cheap_link", "link_to_number"})
    account, threat = counts.get("account", 0), counts.get("threat", 0)
    if account >= (1 if shady else 2) and (shady or threat) and (message.links or counts.get("clicks") or account >= 3):
        yield (
            (0.7 if stranger else 0.3) + (0.4 if shady else 0) + (0.2 if threat else 0),
            "asks you to confirm an account or password under pressure" if threat else "asks for account data",
        )
    elif account >= 2 and threat:
        yield 0.6 if stranger else 0.2, "asks you to confirm an account under pressure"
    talk = message.bulk.is_list or message.in_reply_to or message.bulk.unsubscribe or counts.get("removal", 0) >= 2
    if not talk and counts.get("fortune", 0) >= (2 if shady else 4):
        yield 1.0 if stranger else 0.4, "promises money that nobody owes you"
    if counts.get("payment", 0) >= 1 and counts.get("pressing", 0) >= 1 and (shady or is_free_mail(message.sender.domain)):
        yield 0.6 if stranger else 0.2, "presses for a payment"
    if shady and counts.get("pills", 0) + counts.get("sex", 0) + counts.get("riches", 0) >= 2:
        yield 0.6 if stranger else 0.2, "a lure from a dubious address"
