"""Which calendars are read (https://developers.google.com/workspace/calendar/api/v3/reference/calendarList)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service.errors import Rejected

_OWN = frozenset({"owner", "writer"})


@dataclass(frozen=True, slots=True)
class Calendar:
    id: str
    name: str  # as the person calls it
    primary: bool = False
    chosen: bool = False  # by themselves, in Google Calendar
    zone: str = ""

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Calendar:
        own = str(entry.get("accessRole", "")) in _OWN
        primary = entry.get("primary") is True
        return cls(
            str(entry["id"]),
            str(entry.get("summaryOverride") or entry.get("summary") or entry["id"]),
            primary,
            primary or (own and entry.get("selected") is True and not entry.get("deleted")),
            str(entry.get("timeZone", "")),
        )


def choose(entries: Iterable[Mapping[str, Any]], named: tuple[str, ...]) -> list[Calendar]:
    """The person's own calendar last: of what is in several, its copy is the one with the person's answer, and the last one counts.

    Raises Rejected for a name that is not there.
    """
    there = [Calendar.of(entry) for entry in entries if entry.get("id")]
    chosen = [one for one in there if one.chosen] if not named else []
    for name in named:
        found = [
            one
            for one in there
            if name.strip().lower() in {one.id.lower(), one.name.lower()} or (one.primary and name == "primary")
        ]
        if not found:
            known = ", ".join(sorted(one.name for one in there)[:20]) or "none"
            raise Rejected(f"there is no calendar “{name}”: correct `calendars`; there are {known}")
        chosen += [one for one in found if one not in chosen]
    return sorted(chosen, key=lambda one: (one.primary, one.id))
