"""Slack by orders: posts in channels that the token is in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from service.domain.proposals import Receipt
from service.errors import ExternalError, Rejected
from service.integrations.slack import held_by
from service.ports import Order, Surroundings

if TYPE_CHECKING:
    from service.integrations.slack import Settings
    from service.integrations.slack.actions import Posted
    from service.integrations.slack.client import Client


class Hand:
    """Slack knows no idempotency key: a doubtful post is looked for by its metadata, and not made again."""

    tools = frozenset({"chat.post"})
    repeatable = frozenset[str]()

    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._settings, self._at = settings, at
        self._places: dict[str, str] = {}

    @cached_property
    def _client(self) -> Client:
        from service.integrations.slack.client import Client

        return Client(held_by(self._settings.token, self._at), self._at.clock, self._settings.base_url)

    def act(self, order: Order) -> Receipt:
        from service.integrations.slack.actions import post

        place = self._place(str(order.arguments["channel"]))
        return _receipt(order, post(self._client, place, str(order.arguments["text"]), order.key))

    def find(self, order: Order) -> Receipt | None:
        """Who can't ask can't tell."""
        from service.integrations.slack.actions import find

        try:
            found = find(self._client, self._place(str(order.arguments["channel"])), order.key, self._at.clock())
        except ExternalError:
            return None
        return _receipt(order, found) if found else None

    def undo(self, tool: str, what: Mapping[str, Any]) -> str:
        from service.integrations.slack.actions import Posted, take_back

        del tool
        there = take_back(self._client, Posted(str(what["channel"]), str(what["ts"])))
        return "the post is deleted" if there else "the post was gone already"

    def close(self) -> None:
        """Each request is its own."""

    def _place(self, named: str) -> str:
        """The channel's id. Only what the token is in, by its exact name: no search, no nearest match."""
        from service.integrations.slack.rooms import chosen, rooms

        if named not in self._places:
            if re.fullmatch(r"[CG][A-Z0-9]+", named):
                self._places[named] = named
            else:
                kept, _ = chosen(rooms(self._client, [])[0], [named], [])
                if len(kept) != 1:
                    raise Rejected(f"this token is in no channel called {named}: invite the app (/invite in the channel)")
                self._places[named] = kept[0].id
        return self._places[named]


def _receipt(order: Order, posted: Posted) -> Receipt:
    return Receipt(f"posted in {order.arguments['channel']}", posted.permalink, {"channel": posted.channel, "ts": posted.ts})
