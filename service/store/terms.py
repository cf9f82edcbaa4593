"""By which addresses and words an item can be found again. A term's first letter says what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from service.domain.items import Contact, Deal, Item, Message, Note, Provenance, Thread

FROM, TO, ANSWERED, ABOUT, COMPANY, WORD = "f:", "t:", "a:", "e:", "k:", "w:"
_WORD = re.compile(r"[^\W_][\w.+-]*@[\w.-]+|[^\W_]{3,40}")
MOST_WORDS = 5000
"""Distinct words kept of one note: a transcript of a long day has fewer."""


def of(item: Item) -> Iterator[str]:
    match item:
        case Message(provenance=Provenance.OWN):
            for address in {a.email for a in (*item.to, *item.cc) if a.email}:
                yield TO + address
                if item.in_reply_to:
                    yield ANSWERED + address
        case Message():
            yield FROM + item.sender.email
        case Thread():
            yield from {FROM + post.author.email for post in item.posts if post.author.email}
        case Contact():
            yield from {ABOUT + email.lower() for email in item.emails}
        case Deal():
            yield from {ABOUT + email.lower() for email in item.people}
            if item.company:
                yield COMPANY + company(item.company)
            yield from {COMPANY + company(domain) for domain in item.domains}
        case Note():
            for n, word in enumerate(words((item.title, *item.people, item.text))):
                if n >= MOST_WORDS:
                    return
                yield WORD + word
        case _:
            return


def words(texts: Iterable[str]) -> Iterator[str]:
    """Distinct words and addresses, lower case, in order."""
    seen: set[str] = set()
    for text in texts:
        for found in _WORD.findall(text):
            word = found.casefold()
            if word not in seen:
                seen.add(word)
                yield word


_LEGAL_FORM = re.compile(
    r"[\s,]+(?:inc|ltd|llc|llp|plc|gmbh|ag|sa|s\.?a\.?r\.?l|bv|nv|oy|ab|as|co|corp|corporation|limited|kg)\.?$"
)


def company(name: str) -> str:
    """Companies are the same whatever their legal form: "Atlas AG" and "atlas"."""
    return _LEGAL_FORM.sub("", " ".join(name.casefold().split()))
