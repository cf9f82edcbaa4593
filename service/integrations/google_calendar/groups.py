"""An event with what belongs to it: a series and the instances that differ from it, which Google keeps as events of their own
(https://developers.google.com/workspace/calendar/api/guides/recurringevents).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.integrations.google_calendar.ical import component

FORMAT = 1
"""Part of every stamp: raised when events are read differently, so that all are read once more."""
_NO_MEETINGS = frozenset({"workingLocation"})
Event = Mapping[str, Any]


@dataclass(slots=True)
class Group:
    """`id` is that of the series, or of the one event it is."""

    id: str
    events: list[Event] = field(default_factory=list)

    @property
    def master(self) -> Event | None:
        return next((e for e in self.events if e["id"] == self.id), None)

    @property
    def uid(self) -> str:
        """As Google says it of any of them; instances have their series'."""
        said = next((str(e["iCalUID"]) for e in self.events if e.get("iCalUID")), "")
        return "".join(c for c in said or f"{self.id}@google.com" if c.isprintable())[:500]

    @property
    def title(self) -> str:
        return str((self.master or self.events[0]).get("summary") or "an event without a title")

    @property
    def stamp(self) -> str:
        """Changes with any of them. A cancelled instance may come without an etag: then that it is cancelled is all there is."""
        said = sorted(f"{e['id']} {e.get('etag') or e.get('updated') or ''} {e.get('status', '')}" for e in self.events)
        return hashlib.blake2b("\n".join([str(FORMAT), *said]).encode(), digest_size=16).hexdigest()

    @property
    def lives(self) -> bool:
        return any(e.get("status") != "cancelled" for e in self.events)

    def lines(self) -> list[str]:
        """Raises ValueError, KeyError or TypeError where a time in it is none."""
        master = self.master
        others = sorted((e for e in self.events if e is not master), key=lambda e: str(e["id"]))
        return [*(component(master) if master else ()), *(line for e in others for line in component(e, master))]


def belongs_to(event: Event) -> str:
    return str(event.get("recurringEventId") or event["id"])


def recurs(event: Event) -> bool:
    """Whether there may be more to it than this event."""
    return bool(event.get("recurringEventId") or event.get("recurrence"))


def grouped(events: Iterable[Event]) -> dict[str, Group]:
    found: dict[str, Group] = {}
    for event in events:
        id = belongs_to(event)
        found.setdefault(id, Group(id)).events.append(event)
    return found


def meetings(events: Iterable[Event]) -> Iterator[Event]:
    """Without what is no event at all, and where somebody works today."""
    return (e for e in events if e.get("id") and e.get("eventType") not in _NO_MEETINGS)


def newest_first(events: Iterable[Event]) -> list[Event]:
    """By when they start; Google itself knows no order that goes together with a sync token."""
    return sorted(
        events,
        key=lambda e: str((e.get("start") or {}).get("dateTime") or (e.get("start") or {}).get("date") or ""),
        reverse=True,
    )
