"""What the person's rules say of an event or a chat thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.items import Event, Thread
from service.domain.rules import Rule
from service.triage.rules import matching, merged


@dataclass(frozen=True, slots=True)
class Standing:
    priority: str = ""
    private: bool = False
    muted: bool = False
    notify: tuple[str, ...] = ()


def standing(rules: Sequence[Rule], item: Event | Thread) -> Standing:
    kind = "calendar" if isinstance(item, Event) else "slack"
    then = merged(matching(rules, item, kind))
    return Standing(then.priority, bool(then.private), bool(then.mute), then.notify)
