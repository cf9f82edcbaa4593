"""A CalDAV calendar by orders. It invites nobody: a server would send mail of its own (RFC 6638)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from service.domain.proposals import Receipt
from service.integrations.orders import planned
from service.ports import Order, Surroundings

if TYPE_CHECKING:
    from service.integrations.caldav import Settings
    from service.integrations.dav.account import Account


class Hand:
    """An event's address is made of the order's key: the server takes it once."""

    tools = repeatable = frozenset({"calendar.event"})

    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._settings, self._at = settings, at

    @cached_property
    def _account(self) -> Account:
        from service.integrations.caldav.objects import WORDS

        return self._settings.account(WORDS, self._settings.calendars, self._at)

    def act(self, order: Order) -> Receipt:
        from service.integrations.caldav.actions import NewEvent, create

        plan, zone = planned(order), self._at.person.zone
        start, end = plan.start_at.astimezone(zone), plan.end_at.astimezone(zone)
        event = NewEvent(order.key, plan.title, start, end, plan.place, plan.text, plan.remind)
        made = create(self._account, plan.calendar, event, self._at.clock())
        return Receipt(f"“{plan.title}” is in the calendar", undo={"url": made.url, "etag": made.etag})

    def find(self, order: Order) -> Receipt | None:
        del order  # writing it once more finds it
        return None

    def undo(self, tool: str, what: Mapping[str, Any]) -> str:
        from service.integrations.caldav.actions import Created, undo

        del tool
        undo(self._account, Created(**what))
        return "the event is deleted"

    def close(self) -> None:
        if "_account" in self.__dict__:
            self._account.close()
