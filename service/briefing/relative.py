"""What "tomorrow" in somebody's words means this morning. The words themselves are never altered."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from service.briefing.due import Deadline, day_words, deadline
from service.domain.verdicts import DateMention

_DAYS = {
    -1: ("yesterday", "gestern", "ayer"),
    0: (
        "today",
        "tonight",
        "this morning",
        "this afternoon",
        "this evening",
        "heute",
        "aujourd'hui",
        "aujourd’hui",
        "ce soir",
        "hoy",
    ),
    1: ("tomorrow", "morgen", "demain", "mañana"),
    2: ("the day after tomorrow", "übermorgen", "après-demain", "pasado mañana"),
}
# Not "hier", which is "here" in German, and no "Morgen" with a capital, which is the morning.
_OFFSET = {words: days for days, some in _DAYS.items() for words in some}
_RELATIVE = re.compile(
    rf"(?<!\w)(?!(?-i:Morgen)\b)(?:{'|'.join(sorted(map(re.escape, _OFFSET), key=len, reverse=True))})(?!\w)", re.IGNORECASE
)


def clause(
    words: str, said_at: datetime, due: Deadline | None, now: datetime, zone: ZoneInfo, dates: Iterable[DateMention] = ()
) -> str:
    """Reads as " Due today 17:00." where something falls due; " That is today." where older words name a day by its distance; else ""."""
    if due:
        return f" {due.clause}"
    on = meant(words, said_at, now, zone, dates)
    if on is None:
        return ""
    days = (on - now.astimezone(zone).date()).days
    return f" That {'was' if days < 0 else 'is'} {day_words(on, days)}."


def meant(words: str, said_at: datetime, now: datetime, zone: ZoneInfo, dates: Iterable[DateMention] = ()) -> date | None:
    """The day that older words name by its distance; None where they name none, or were said today."""
    said_on = said_at.astimezone(zone).date()
    found = _RELATIVE.search(words) if said_on != now.astimezone(zone).date() else None
    if found is None:
        return None
    known = next((d.when for d in dates if found.group().casefold() in d.span.text.casefold()), None)
    settled = deadline(known, now, zone)
    return settled.on if settled else said_on + timedelta(days=_OFFSET[found.group().casefold()])
