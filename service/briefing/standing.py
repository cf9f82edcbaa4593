"""What the person's rules say of an event or a chat thread."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from service.domain.items import Event, Thread
from service.domain.people import Address
from service.domain.rules import Condition, Rule

READ = 5000
"""Characters of a text that a pattern looks at."""


@dataclass(frozen=True, slots=True)
class Standing:
    priority: str = ""
    private: bool = False
    muted: bool = False
    notify: tuple[str, ...] = ()


def standing(rules: Sequence[Rule], item: Event | Thread) -> Standing:
    """All rules that hold, the first to speak on a point deciding it; what makes private or mutes always counts."""
    fired = [r.then for r in rules if holds(r.when, item)]
    return Standing(
        priority=next((t.priority for t in fired if t.priority), ""),
        private=any(t.private for t in fired),
        muted=next((t.mute for t in fired if t.mute is not None), False),
        notify=tuple(dict.fromkeys(n for t in fired for n in t.notify)),
    )


def holds(when: Condition, item: Event | Thread) -> bool:
    """A condition on what events and chats don't have (a list, a category) never holds of them."""
    if when.list or when.category:
        return False
    told = _event(item) if isinstance(item, Event) else _thread(item)
    asked = {name: getattr(when, name) for name in ("sender", "to", "subject", "text", "source", "channel", "attendee")}
    if not all(matches(pattern, told.get(name, ())) for name, pattern in asked.items() if pattern):
        return False
    if not all(holds(c, item) for c in when.all) or any(holds(c, item) for c in when.none):
        return False
    return not when.any or any(holds(c, item) for c in when.any)


def matches(pattern: str, values: Iterable[str]) -> bool:
    """A glob over the whole value, or a regular expression between slashes anywhere in it; without regard to case."""
    compiled = _compiled(pattern)
    return any(compiled.search(v[:READ]) for v in values)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    if len(pattern) > 2 and pattern.startswith("/") and pattern.endswith("/"):
        return re.compile(pattern[1:-1], re.IGNORECASE)
    return re.compile(r"\A" + fnmatch.translate(pattern), re.IGNORECASE)


def _event(event: Event) -> dict[str, Sequence[str]]:
    people = [v for a in event.attendees for v in _both(a.address)]
    return {
        "sender": _both(event.organizer) if event.organizer else (),
        "to": people,
        "attendee": [*people, *(_both(event.organizer) if event.organizer else ())],
        "subject": (event.title,),
        "text": (f"{event.title}\n{event.description}",),
        "source": (event.account,),
    }


def _thread(thread: Thread) -> dict[str, Sequence[str]]:
    return {
        "sender": [v for p in thread.posts for v in _both(p.author)],
        "text": ["\n".join(p.text for p in thread.posts)],
        "channel": (thread.channel, f"#{thread.channel}"),
        "source": (thread.account, "slack"),
    }


def _both(address: Address) -> tuple[str, ...]:
    return tuple(filter(None, (address.email, address.name)))
