"""A mailbox on an IMAP server by orders: drafts, keywords, the flag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from service.domain.proposals import Receipt
from service.integrations.orders import draft, message_id
from service.ports import Order, Surroundings

if TYPE_CHECKING:
    from service.integrations.imap import Settings
    from service.integrations.imap.line import Line


class Hand:
    """A connection for each order: servers allow few, and the source has its own."""

    tools = frozenset({"mail.draft", "mail.label", "mail.flag"})
    repeatable = frozenset({"mail.label", "mail.flag"})

    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._settings, self._at = settings, at

    def act(self, order: Order) -> Receipt:
        from service.integrations.imap import actions

        with self._line() as line:
            if order.tool == "mail.draft":
                placed = actions.place_draft(line, draft(order, self._sender, self._at.clock()))
                return _placed(f"a draft to {', '.join(order.arguments['to'])}", placed)
            on = bool(order.arguments["flagged"]) if order.tool == "mail.flag" else True
            flag = "flagged" if order.tool == "mail.flag" else str(order.arguments["label"])
            marked = [actions.mark(line, ref, flag, on=on) for ref in order.refs]
        undo = [{"ref": m.ref, "flag": m.flag, "on": m.on} for m in marked if m.changed]
        said = f"{'marked' if on else 'no longer'} {flag}" if undo else f"it was so already: {flag if on else f'not {flag}'}"
        return Receipt(said, undo={"marks": undo} if undo else None)

    def find(self, order: Order) -> Receipt | None:
        from service.integrations.imap import actions

        if order.tool != "mail.draft":
            return None
        with self._line() as line:
            placed = actions.find_draft(line, f"<{message_id(order, self._sender)}>")
        return _placed("a draft, found there after the connection broke", placed) if placed else None

    def undo(self, tool: str, what: Mapping[str, Any]) -> str:
        from service.integrations.imap import actions

        with self._line() as line:
            if tool == "mail.draft":
                there = actions.undo_draft(line, actions.Placed(what["folder"], what["validity"], what["uid"]))
                return "the draft is deleted" if there else "the draft was gone already: sent, or deleted by hand"
            for one in what["marks"]:
                actions.undo_mark(line, actions.Marked(one["ref"], one["flag"], one["on"], changed=True))
        return "the mark is as it was"

    def close(self) -> None:
        """Nothing is held open."""

    def _line(self) -> Line:
        from service.integrations.imap.source import Imap

        return Imap(self._settings, self._at).line()

    @property
    def _sender(self) -> str:
        return self._settings.user if "@" in self._settings.user else self._at.person.emails[0]


def _placed(says: str, placed: Any) -> Receipt:
    """Where the server does not say where it lies, it can't be undone."""
    undo = {"folder": placed.folder, "validity": placed.validity, "uid": placed.uid} if placed.uid else None
    return Receipt(says, undo=undo)
