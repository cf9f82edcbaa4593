"""Outlook's calendar by orders: events, with and without guests."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from service.domain.proposals import Receipt
from service.errors import Rejected, Unavailable
from service.integrations.microsoft.doing import receipt, undone
from service.integrations.orders import planned
from service.ports import Order, Surroundings

if TYPE_CHECKING:
    from service.integrations.microsoft.graph import Graph
    from service.integrations.outlook_calendar import Settings

NEEDS = "Calendars.ReadWrite"


class Hand:
    """Graph takes an event with one `transactionId` once."""

    tools = repeatable = frozenset({"calendar.event", "calendar.invite"})

    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._settings, self._at = settings, at

    @cached_property
    def _graph(self) -> Graph:
        return self._settings.graph(self._at, NEEDS)

    def act(self, order: Order) -> Receipt:
        from service.integrations.microsoft import actions

        plan = planned(order)
        if plan.calendar:
            raise Rejected("events are made in the account's own calendar: propose it without `calendar`")
        event = actions.NewEvent(
            order.key, plan.title, plan.start_at, plan.end_at, plan.text, plan.place, plan.attendees, remind=plan.remind
        )
        try:
            made = actions.create_event(self._graph, event, self._at.person.zone)
        except Unavailable as error:
            error.arrived = None  # nobody knows, and the next try finds out
            raise
        return receipt(f"“{plan.title}” is in Outlook", made)

    def find(self, order: Order) -> Receipt | None:
        del order  # asking for it once more finds it
        return None

    def undo(self, tool: str, what: Mapping[str, Any]) -> str:
        del tool
        undone(self._graph, what)
        return "the event is deleted"

    def close(self) -> None:
        if "_graph" in self.__dict__:
            self._graph.close()
