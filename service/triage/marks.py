"""Outward marks of a message that no word list sees: capitals, odd spellings, links, whose address it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.domain.items import Message
from service.domain.people import Person
from service.people import is_free_mail
from service.triage.links import host_of

_SAMPLE = 4_000  # characters
_GLIMPSE = 800  # characters: enough to see what script and what capitals
_SPACED = (" . ", " , ", " ! ", " ? ", " : ", " / ")

_BIG_MONEY = re.compile(r"[$€£] ?\d{1,3}(?:[, ]?\d{3})+|\$ ?\d+(?:\.\d\d)?\b|\b\d{1,3}(?:,\d{3}){2,}\b")
_PERCENT_OFF = re.compile(r"\d{1,2} ?%")
_GIBBERISH_TAIL = re.compile(r"(?:\s{3,}|\s[.,/]\s*|\s)(?:[a-z]*\d[a-z\d]*|[bcdfghjklmnpqrstvwxz]{5,}[a-z]*)\s*$")
_NUMBERED_LOCAL = re.compile(r"\d{3,}|^[a-z]*\d+[a-z]+\d+")
_BAIT = re.compile(
    r"secure|verif|login|account|update|support|billing|claim|cash|promo|deal|offer|pharm|prize|win(?:ner)?\b|bonus|free|loan|casino|limited|instant|click|mailtrack|track|bank(?!er)"
)
_LABELLED = re.compile(
    r"(?:\[[\w .-]{2,20}\]\s*)?(?:adv|advertisement|anzeige|werbung|publicit[eé]|publicidad)\s*[:\-]", re.IGNORECASE
)
"""Advertising that says so, as several laws want it."""

_CHEAP_ENDS = frozenset(
    (
        "top",
        "xyz",
        "biz",
        "info",
        "ru",
        "cn",
        "cc",
        "tk",
        "ml",
        "ga",
        "cf",
        "gq",
        "pw",
        "icu",
        "click",
        "link",
        "club",
        "online",
        "site",
        "shop",
        "win",
        "bid",
        "loan",
        "work",
        "vip",
        "live",
        "fun",
        "space",
        "buzz",
        "rest",
        "kim",
        "su",
        "ws",
    )
)


def marks(message: Message, person: Person) -> Iterator[str]:
    """By name; `junk` knows their weight and says them in words."""
    text = message.text[:_SAMPLE]
    yield from _subject(message.subject[:300])
    yield from _spelling(text)
    yield from _sender(message)
    if not any(person.is_me(a.email) for a in (*message.to, *message.cc)):
        yield "not_to_me"
    if not message.to and not message.cc:
        yield "to_nobody"
    if message.subject[:3].lower() in ("re:", "re ") and not message.in_reply_to and message.thread_id == message.message_id:
        yield "false_reply"
    if message.in_reply_to:
        yield "reply"
    if message.bulk.is_list:
        yield "list"
    if message.hidden_chars > 40:
        yield "hidden"
    if len(text) < 200 and message.links:
        yield "short_with_link"
    if len(text) < 30 and not message.attachments:
        yield "empty"
    yield from _links(message)


def _subject(subject: str) -> Iterator[str]:
    letters = [c for c in subject if c.isalpha()]
    if len(letters) > 8 and sum(c.isupper() for c in letters) > 0.7 * len(letters):
        yield "shouting"
    if "!" in subject:
        yield "subject!"
    if "$" in subject or "%" in subject:
        yield "subject$"
    if subject.count(" . ") + subject.count(" / ") > 1 or _GIBBERISH_TAIL.search(subject.lower()):
        yield "subject_odd"
    if "?" in subject:
        yield "subject?"
    if subject.startswith("["):
        yield "tagged"
    if _LABELLED.match(subject):
        yield "labelled"


def _spelling(text: str) -> Iterator[str]:
    size = len(text) + 1
    if text.count("!") > max(2, size / 400):
        yield "exclaims"
    if size > 100 and sum(map(str.isupper, text[:_GLIMPSE])) > min(size, _GLIMPSE) * 0.2:
        yield "capitals"
    if sum(text.count(mark) for mark in _SPACED) > 3 + size / 400:
        yield "spaced_out"
    if any(sign in text for sign in "$€£") and len(_BIG_MONEY.findall(text)) > 1:
        yield "money"
    if "%" in text and _PERCENT_OFF.search(text):
        yield "percent"
    if not text.isascii() and sum(map(str.isascii, text[:_GLIMPSE])) < min(size, _GLIMPSE) * 0.6:
        yield "foreign"


def _sender(message: Message) -> Iterator[str]:
    local, _, domain = message.sender.email.partition("@")
    if domain.rpartition(".")[2] in _CHEAP_ENDS:
        yield "cheap_domain"
    if _BAIT.search(domain):
        yield "bait_domain"
    if _NUMBERED_LOCAL.search(local):
        yield "numbered_sender"
    if not message.sender.name:
        yield "nameless"
    if is_free_mail(domain):
        yield "free_mail"
    if message.reply_to and message.reply_to.domain != domain:
        yield "reply_elsewhere"
    results = (message.authentication.spf, message.authentication.dkim, message.authentication.dmarc)
    if "fail" in results:
        yield "unauthenticated"


def _links(message: Message) -> Iterator[str]:
    hosts = {host_of(link.target) for link in message.links[:40]} - {""}
    if any(h.replace(".", "").isdigit() for h in hosts):
        yield "link_to_number"
    if any(h.rpartition(".")[2] in _CHEAP_ENDS for h in hosts):
        yield "cheap_link"
    if len(message.links) > 10:
        yield "many_links"
    if message.links and any(link.text and not link.text.lower().startswith(("http", "www")) for link in message.links[:20]):
        yield "worded_links"
    if message.links and hosts and not any(h.endswith(message.sender.domain) for h in hosts if message.sender.domain):
        yield "links_elsewhere"
