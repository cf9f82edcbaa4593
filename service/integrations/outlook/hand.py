"""Outlook mail by orders: drafts, categories, the flag."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from service.domain.proposals import Receipt
from service.integrations.microsoft.doing import receipt, undone
from service.integrations.orders import draft, message_id
from service.ports import Order, Surroundings

if TYPE_CHECKING:
    from service.integrations.microsoft.graph import Graph
    from service.integrations.outlook import Settings

NEEDS = "Mail.ReadWrite"


class Hand:
    tools = frozenset({"mail.draft", "mail.label", "mail.flag"})
    repeatable = frozenset({"mail.label", "mail.flag"})

    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._settings, self._at = settings, at

    @cached_property
    def _graph(self) -> Graph:
        return self._settings.graph(self._at, NEEDS)

    def act(self, order: Order) -> Receipt:
        from service.integrations.microsoft import actions

        if order.tool == "mail.draft":
            made = actions.create_draft(self._graph, draft(order, self._sender, self._at.clock()))
            return receipt(f"a draft in Outlook to {', '.join(order.arguments['to'])}", made)
        id = order.refs[0].rpartition("/")[2]  # a ref is its folder's digest and the id
        if order.tool == "mail.flag":
            made = actions.set_marks(self._graph, id, flagged=bool(order.arguments["flagged"]))
            return receipt("flagged" if order.arguments["flagged"] else "the flag is taken off", made)
        made = actions.set_marks(self._graph, id, add=[str(order.arguments["label"])])
        return receipt(f"has the category {order.arguments['label']}", made)

    def find(self, order: Order) -> Receipt | None:
        from service.integrations.microsoft import actions

        if order.tool != "mail.draft":
            return None
        made = actions.find_draft(self._graph, message_id(order, self._sender))
        return receipt("a draft in Outlook, found there after the connection broke", made) if made else None

    def undo(self, tool: str, what: Mapping[str, Any]) -> str:
        undone(self._graph, what)
        return "the draft is deleted" if tool == "mail.draft" else "it is as it was"

    def close(self) -> None:
        if "_graph" in self.__dict__:
            self._graph.close()

    @property
    def _sender(self) -> str:
        return self._settings.mailbox or self._at.person.emails[0]
