"""What of a sentence the eye should meet first: whose matter it is, and until when."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.domain.facts import Fact

_UNTIL = re.compile(r"(?:(?<=[”“] )|(?<=: )|(?<=, ))(?:due|overdue) [^“”:]{2,40}(?::\d{2})?\.?$", re.IGNORECASE)

_WORD = re.compile(r"\w")

_TAIL = 60
"""Characters at the end of a sentence among which that is looked for."""


@dataclass(frozen=True, slots=True)
class Parts:
    """`head`, `body` and `tail` joined are the sentence itself."""

    head: str
    body: str
    tail: str


def parts(fact: Fact, text: str) -> Parts:
    head = _head(fact, text)
    until = _UNTIL.search(text, max(len(head), len(text) - _TAIL)) if "due " in text[-_TAIL:].lower() else None
    end = until.start() if until else len(text)
    return Parts(head, text[len(head) : end], text[end:])


def _head(fact: Fact, text: str) -> str:
    """Of a meeting its name; else the person it is about, where the sentence begins with them."""
    if fact.topic == "meeting":
        return text.partition(" — ")[0].partition(";")[0]
    names = (n for p in fact.people[:1] for n in (p, p.partition(" ")[0]))
    return next((n for n in names if n and text.startswith(n) and not _WORD.match(text, len(n))), "")
