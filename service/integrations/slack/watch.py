"""Which channels are asked in a sync. Slack lists no channel's newest post, so what is asked says how dear a quiet sync is.

- Where Slack rang (Socket Mode) and was heard without a gap: those that rang, no other.
- Where the token may search (a user token with `search:read`): those in which a search finds new posts, and one more in turn.
- Else: the most active ones, and some of the others in turn, within a budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from service.integrations.slack.client import Client
from service.integrations.slack.refusals import Refused, ScopeMissing
from service.integrations.slack.state import Known, State
from service.integrations.slack_messages.directory import dicts, words

BUDGET = 20
"""Channels that are asked in a sync where nothing tells what changed: well below Tier 3's 50 a minute."""
FAVOURED = 12
"""Of those, the most active ones, which are asked every time; the others take turns."""
FINDS = 100
"""Matches of one search, the most that Slack gives at once."""
TRUSTED = timedelta(days=1)
"""After a longer silence everything is asked: the search looks back a day or two only."""
QUIET_TURN = 10
"""Every so many syncs the turn goes to a channel without recent posts."""

Places = dict[str, set[str]]
"""Channel id → roots of threads in which something happened; an empty set where the channel itself must tell."""


class Rings(Protocol):
    """What a doorbell has heard since it was asked last."""

    def take(self, number: int) -> Mapping[str, set[str]] | None:
        """For the sync of this number; what an earlier one of the same number took comes again, for it never ended. None: it
        was not listening all the time.
        """
        ...


@dataclass(slots=True)
class Plan:
    """What is asked, in this order. `found`: what `state.found` becomes once all of it was."""

    places: Places
    found: list[str]


def plan(state: State, number: int, client: Client, rings: Rings | None, now: datetime) -> Plan:
    """For the sync of this number. Raises Unavailable and AccessLost."""
    begun = {id: known for id, known in state.channels.items() if known.begun and not known.problem}
    again = _everywhere(_lame(state))
    rang = rings.take(number) if rings else None
    away = timedelta(seconds=now.timestamp() - state.looked_at) > TRUSTED
    if rang is not None and not away:
        return Plan({id: set(roots) for id, roots in rang.items() if id in begun} | again, state.found)
    found = _search(state, client, now)
    names = found.names if found else state.found
    if away or (rings and not found):
        return Plan(_everywhere(_by_activity(begun)) | again, names)
    if found is None or found.overflows:
        return Plan(_everywhere(_budgeted(begun)) | again, names)
    places = {id: roots for id, roots in found.places.items() if id in begun}
    turn = _in_turn(begun, 1, quiet=number % QUIET_TURN == 0)
    return Plan(places | _everywhere(id for id in turn if id not in places) | again, names)


def _everywhere(channels: Iterable[str]) -> Places:
    return {id: set() for id in channels}


def _lame(state: State) -> list[str]:
    """One of the channels that could not be read, to see whether it can be now. History tries where nothing was read yet."""
    lame = _in_turn({id: known for id, known in state.channels.items() if known.problem}, 1)
    for id in lame:
        if not state.channels[id].begun:
            state.channels[id].problem = ""
    return [id for id in lame if state.channels[id].begun]


@dataclass(slots=True)
class Found:
    """`names` are all of its matches ("channel/ts"), `places` those that no search found before."""

    names: list[str]
    places: Places
    overflows: bool


def _search(state: State, client: Client, now: datetime) -> Found | None:
    """None where the token may not search (https://docs.slack.dev/reference/methods/search.messages)."""
    if client.is_bot:
        return None
    query = f"after:{(now - timedelta(days=2)).date().isoformat()}"
    try:
        answer = client.ask("search.messages", query=query, sort="timestamp", sort_dir="desc", count=FINDS)
    except (ScopeMissing, Refused):
        return None
    messages = answer.get("messages")
    known = frozenset(state.found)
    found = Found([], {}, overflows=False)
    for match in dicts(messages.get("matches")) if isinstance(messages, dict) else []:
        where = match.get("channel")
        channel = words(where.get("id")) if isinstance(where, dict) else ""
        name = f"{channel}/{words(match.get('ts'))}"
        found.names.append(name)
        if name not in known:
            found.places.setdefault(channel, set()).update(filter(None, [_root(match)]))
    found.overflows = len(found.names) >= FINDS and known.isdisjoint(found.names)
    return found


def _root(match: Mapping[str, Any]) -> str:
    """Of the thread it answers in, as its permalink names it (https://docs.slack.dev/reference/methods/chat.getPermalink)."""
    return parse_qs(urlsplit(words(match.get("permalink"))).query).get("thread_ts", [""])[0]


def _by_activity(known: Mapping[str, Known]) -> list[str]:
    return sorted(known, key=lambda key: (known[key].new, key), reverse=True)


def _budgeted(known: Mapping[str, Known]) -> list[str]:
    active = _by_activity(known)[:FAVOURED]
    rest = {id: one for id, one in known.items() if id not in active}
    return active + _in_turn(rest, BUDGET - len(active))


def _in_turn(known: Mapping[str, Known], count: int, *, quiet: bool = True) -> list[str]:
    """Those that were asked longest ago. Not `quiet`: of those with posts that may have been edited, where there are any."""
    lively = {id: one for id, one in known.items() if one.seen}
    among = known if quiet or not lively else lively
    return sorted(among, key=lambda key: (among[key].asked, key))[:count]
