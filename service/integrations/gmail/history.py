"""What a page of history comes to (https://developers.google.com/workspace/gmail/api/guides/sync)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.integrations.gmail.labels import Labels, tells


@dataclass(slots=True)
class Happened:
    """Ids of messages, each in one of the three. `last` is the id of the last record: everything up to it is in here."""

    gone: dict[str, None] = field(default_factory=dict)
    unread: dict[str, None] = field(default_factory=dict)  # to be read, newest first
    marked: dict[str, None] = field(default_factory=dict)  # with other labels
    last: str = ""


def read(records: Iterable[Mapping[str, Any]], labels: Labels) -> Happened:
    """Records come oldest first. What they say of a message's labels is what changed, not what it has: that is asked for."""
    found = Happened()
    for record in records:
        found.last = str(record.get("id", "")) or found.last
        for id, _ in _of(record, "messagesAdded"):
            found.unread[id] = None
        for key in ("labelsAdded", "labelsRemoved"):
            for id, changed in _of(record, key):
                if not any(tells(label, labels.only | labels.skip) for label in changed):
                    continue
                added, removed = (changed, ()) if key == "labelsAdded" else ((), changed)
                (found.unread if labels.lets_in(added, removed) else found.marked)[id] = None
        for id, _ in _of(record, "messagesDeleted"):
            found.gone[id] = None
    found.unread = {id: None for id in reversed(found.unread) if id not in found.gone}
    found.marked = {id: None for id in found.marked if id not in found.gone and id not in found.unread}
    return found


def _of(record: Mapping[str, Any], key: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    for one in record.get(key) or ():
        if id := one.get("message", {}).get("id"):
            yield str(id), tuple(one.get("labelIds") or ())
