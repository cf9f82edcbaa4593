"""Entries of a running note, as people keep them in a CRM: "2026-05-03: Saw the demo. 2026-05-09: Had a call."."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from service.briefing.quoting import READ, Quote, quoted, telling

_DATED = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)\s*[:–—-]?\s*")


@dataclass(frozen=True, slots=True)
class Entry:
    quote: Quote
    on: date | None = None


def newest_entry(notes: str, about: frozenset[str], today: date) -> Entry | None:
    """The newest dated entry that is not in the future; of notes without dates the most telling sentence."""
    marks = list(_DATED.finditer(notes[:READ]))
    if not marks:
        said = telling(notes, about)
        return Entry(said) if said else None
    ends = [*(m.start() for m in marks[1:]), len(notes)]
    dated = [(on, notes[m.end() : end].strip()) for m, end in zip(marks, ends, strict=True) if (on := _date(m[1]))]
    past = [(on, words) for on, words in dated if on <= today and any(c.isalpha() for c in words)]
    if not past:
        return None
    on, words = max(past, key=lambda entry: entry[0])
    return Entry(quoted(words), on)


def _date(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None
