"""Google Calendar by orders: events, with and without guests."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from service.domain.proposals import Receipt
from service.integrations.orders import planned
from service.ports import Order, Surroundings

if TYPE_CHECKING:
    from service.integrations.google_calendar import Settings
    from service.integrations.google_calendar.api import Calendars


class Hand:
    """An event's id is made of the order's key: Google takes it once."""

    tools = repeatable = frozenset({"calendar.event", "calendar.invite"})

    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._settings, self._at = settings, at

    @cached_property
    def _calendars(self) -> Calendars:
        from service.integrations.google_calendar.api import Calendars

        return Calendars(self._settings, self._at)

    def act(self, order: Order) -> Receipt:
        from service.integrations.google_calendar.actions import NewEvent, create

        plan = planned(order)
        event = NewEvent(
            order.key,
            plan.title,
            plan.start_at,
            plan.end_at,
            self._at.person.timezone,
            plan.place,
            plan.text,
            tuple(plan.attendees),
            plan.remind,
        )
        made = create(self._calendars, plan.calendar, event)
        undo = {"calendar": made.calendar, "id": made.id, "etag": made.etag, "url": made.url, "invited": made.invited}
        return Receipt(f"“{plan.title}” is in Google Calendar", made.url, undo)

    def find(self, order: Order) -> Receipt | None:
        del order  # asking for it once more finds it
        return None

    def undo(self, tool: str, what: Mapping[str, Any]) -> str:
        from service.integrations.google_calendar.actions import Created, undo

        del tool
        return "the event is deleted" if undo(self._calendars, Created(**what)) else "the event was gone already"

    def close(self) -> None:
        if "_calendars" in self.__dict__:
            self._calendars.api.close()
