"""Whether a sender goes by one name: in the address, the display name, the links and the text. Honest mass mail does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.domain.items import Message
from service.people import organisation
from service.triage.links import host_of

_MOST = 60  # links looked at
_MAIL_HOST = re.compile(
    r"^(?:news|newsletters?|e?mail(?:ings?|er)?|lists?|alerts?|info|reply|bounces?|em?|m|updates?|notifications?)\d*\."
)
_RETURNS = re.compile(r"[=#+]|-\w{8,}|\d{5,}.*\.")
_ISSUE = re.compile(r"\b(?:issue|vol(?:ume)?|no|edition|ausgabe|nr|numéro|número)\b\.? ?#?\d+", re.IGNORECASE)
_DATED = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w{0,6}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d|\b\d{1,2}/\d{1,2}/(?:\d\d){1,2}\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[a-z0-9]{4,}")


def identity(message: Message) -> Iterator[str]:
    """Marks by name, for `junk` to weigh."""
    domain = message.sender.domain
    home = organisation(domain)
    label = home.partition(".")[0]
    yield from _links(message, home)
    if any(word in domain for word in _NAME.findall(message.sender.name[:100].lower())):
        yield "name_in_domain"
    if len(label) >= 4:
        if label in message.text[:6_000].lower():
            yield "domain_in_text"
        if label in message.subject[:300].lower():
            yield "domain_in_subject"
    if domain != home and _MAIL_HOST.match(domain):
        yield "mail_host"
    if _RETURNS.search(message.sender.email.partition("@")[0][:200]):
        yield "coded_sender"
    head = f"{message.subject[:200]} {message.text[:500]}"
    if _ISSUE.search(head):
        yield "issue"
    if _DATED.search(head):
        yield "dated"


def _links(message: Message, home: str) -> Iterator[str]:
    hosts = [organisation(host) for link in message.links[:_MOST] if (host := host_of(link.target))]
    if not hosts:
        return
    at_home = hosts.count(home)
    if at_home:
        yield "links_home"
    if at_home * 2 > len(hosts):
        yield "links_home+"
    different = len(set(hosts))
    if different >= 3:
        yield "hosts"
    if different >= 8:
        yield "hosts+"
    if different == 1 and not at_home:
        yield "one_strange_host"
    if len(message.links) > 25:
        yield "links+"
