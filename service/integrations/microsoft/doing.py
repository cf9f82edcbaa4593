"""Receipts of what was done at Microsoft as the house keeps them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from service.domain.proposals import Receipt

if TYPE_CHECKING:
    from service.integrations.microsoft import actions
    from service.integrations.microsoft.graph import Graph


def receipt(says: str, made: actions.Receipt) -> Receipt:
    undo = {"id": made.id, "undo": made.undo.value, "before": dict(made.before)} if made.undo is not None else None
    return Receipt(says, made.url, undo)


def undone(graph: Graph, what: Mapping[str, Any]) -> None:
    """Raises Rejected where nothing can take it back any more."""
    from service.integrations.microsoft import actions

    actions.undo(graph, actions.Receipt(str(what["id"]), undo=actions.Undo(what["undo"]), before=dict(what["before"])))
