"""Gmail by orders: drafts, labels, the star."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from service.domain.proposals import Receipt
from service.errors import Rejected
from service.integrations.orders import draft, message_id
from service.ports import Order, Surroundings

if TYPE_CHECKING:
    from service.integrations.gmail import Settings
    from service.integrations.gmail.box import Box

STAR = "STARRED"
PLACES = frozenset({"TRASH", "SPAM", "DRAFT", "DRAFTS", "INBOX", "SENT", "UNREAD"})
"""Gmail moves by labels of its own, too."""


class Hand:
    tools = frozenset({"mail.draft", "mail.label", "mail.flag"})
    repeatable = frozenset({"mail.label", "mail.flag"})

    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._settings, self._at = settings, at

    @cached_property
    def _box(self) -> Box:
        from service.integrations.gmail.box import Box

        return Box(self._settings, self._at)

    def act(self, order: Order) -> Receipt:
        from service.integrations.gmail import actions

        if order.tool == "mail.draft":
            placed = actions.place_draft(self._box, draft(order, self._sender, self._at.clock()), self._thread(order))
            return Receipt(f"a draft in Gmail to {', '.join(order.arguments['to'])}", undo={"draft": placed.draft})
        label, on = (STAR, bool(order.arguments["flagged"])) if order.tool == "mail.flag" else (order.arguments["label"], True)
        if str(label).upper() in PLACES:
            raise Rejected(f"{label} is a place, not a label: nothing is moved or thrown away")
        marked = [actions.mark(self._box, ref, str(label), on=on) for ref in order.refs]
        undo = [{"ref": m.ref, "label": m.label, "on": m.on} for m in marked if m.changed]
        said = (
            f"{'labelled' if on else 'took off'} {label}" if undo else f"it had the label {label}" if on else f"it had no {label}"
        )
        return Receipt(said, undo={"marks": undo} if undo else None)

    def find(self, order: Order) -> Receipt | None:
        """Gmail's search may lag behind: what is not found may be there."""
        from service.integrations.gmail import actions

        if order.tool != "mail.draft" or actions.find(self._box, message_id(order, self._sender)) is None:
            return None
        return Receipt("a draft in Gmail, found there after the connection broke")

    def undo(self, tool: str, what: Mapping[str, Any]) -> str:
        from service.integrations.gmail import actions

        if tool == "mail.draft":
            there = actions.undo_draft(self._box, actions.Placed(str(what["draft"]), ""))
            return "the draft is deleted" if there else "the draft was gone already: sent, or deleted by hand"
        for one in what["marks"]:
            actions.undo_mark(self._box, actions.Marked(one["ref"], one["label"], one["on"], changed=True))
        return "the label is as it was"

    def close(self) -> None:
        if "_box" in self.__dict__:
            self._box.api.close()

    @property
    def _sender(self) -> str:
        return self._box.login.who or self._at.person.emails[0]

    def _thread(self, order: Order) -> str:
        """Gmail's conversation of the message that is answered; a draft elsewhere would begin a new one."""
        if not order.refs:
            return ""
        box = self._box
        said = box.api.call(box.messages.get(userId="me", id=order.refs[0], format="minimal", fields="threadId")) or {}
        if not said.get("threadId"):
            raise Rejected("the message that it answers is no longer in this mailbox: nothing was written")
        return str(said["threadId"])
