"""One sync of a workspace: what is new, then what is old, change by change."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from service.domain.sync import Change, Delete, Problem, Upsert
from service.integrations.slack import history
from service.integrations.slack.client import Client
from service.integrations.slack.history import Raw
from service.integrations.slack.people import People
from service.integrations.slack.refusals import Refused
from service.integrations.slack.rooms import Room, chosen, rooms
from service.integrations.slack.state import Known, State
from service.integrations.slack.threads import Threads
from service.integrations.slack.watch import Rings, plan
from service.integrations.slack_messages.directory import words

ALL_AGAIN = 20
"""Every so many syncs the kinds of channels are tried that the scopes did not allow."""

Step = Change | Problem | None
"""None: a request is about to be made, and there is nothing to say of the last."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What every sync of an account works with. `only` and `skip` are names of channels, as in the config."""

    client: Client
    people: People
    threads: Threads
    made_for: str
    only: tuple[str, ...]
    skip: tuple[str, ...]


class Run:
    """One run of `pages`. What `state` says is true as soon as the change that it speaks of was handed over."""

    def __init__(self, tools: Tools, state: State, held: Mapping[str, str], rings: Rings | None, now: datetime) -> None:
        self._tools, self._client, self._state, self._held = tools, tools.client, state, held
        self._rings, self._now = rings, now
        self._number = state.number + 1
        self._rooms: dict[str, Room] = {}
        self._by_room: dict[str, list[str]] | None = None

    def changes(self) -> Iterator[Step]:
        state = self._state
        yield from self._list()
        news = plan(state, self._number, self._client, self._rings, self._now)
        for room, roots in news.places.items():
            yield from self._guarded(room, self._news(room, roots))
        state.found, state.looked_at = news.found, self._now.timestamp()
        yield from self._history()
        state.resync, state.number = False, self._number
        for room, known in state.channels.items():
            if known.problem:
                yield Problem(self._name(room), known.problem)

    def _list(self) -> Iterator[Step]:
        """The conversations as they are now. What is no longer read is forgotten."""
        state = self._state
        types = [] if self._number % ALL_AGAIN == 0 else state.types
        found, state.types = rooms(self._client, types)
        self._tools.people.know(found)
        kept, missing = chosen(found, self._tools.only, self._tools.skip)
        self._rooms = {room.id: room for room in kept}
        for name in missing:
            yield Problem(name, "is no channel that this token is in: invite the app, or correct `channels`")
        gone = [id for id in state.channels if id not in self._rooms]
        for id in gone:
            yield from (Delete(f"{id}/{ts}") for ts in self._holdings(id))
            del state.channels[id]
        if state.resync:
            yield from (Delete(f"{id}/{ts}") for id in self._places() if id not in self._rooms for ts in self._holdings(id))
        for id in self._rooms:
            state.channels.setdefault(id, Known())

    def _guarded(self, room: str, changes: Iterator[Step]) -> Iterator[Step]:
        """A channel that can't be read is named, and the others are."""
        known = self._state.channels[room]
        known.asked = self._number
        yield None
        try:
            yield from changes
            known.problem = ""
        except Refused as error:
            known.problem = _why(error)

    def _name(self, room: str) -> str:
        one = self._rooms.get(room)
        return f"#{one.name}" if one and not one.direct else room

    # --- what is new --------------------------------------------------------------------------------------------------------

    def _news(self, room: str, roots: set[str]) -> Iterator[Step]:
        """What was said since, and what became of the channel's newest posts."""
        known = self._state.channels[room]
        floor, newest, gone, again = min([known.new, *known.seen]), known.new, set(known.seen), set(roots)
        for entry in history.since(self._client, room, floor):
            ts = words(entry.get("ts"))
            newest = max(newest, ts)
            if history.is_elsewhere(entry) and ts > known.new:
                again.add(words(entry.get("thread_ts")))
            if history.begins(entry) and (ts in known.seen or ts > known.new):
                gone.discard(ts)
                yield from self._compared(room, entry, asked_for=ts in again)
                again.discard(ts)
        for ts in gone:
            del known.seen[ts]
            yield Delete(f"{room}/{ts}")
        for root in again - gone:
            yield from self._read_again(room, root)
        known.new = newest
        known.prune(self._now)

    def _compared(self, room: str, entry: Raw, *, asked_for: bool) -> Iterator[Step]:
        known, ts = self._state.channels[room], words(entry.get("ts"))
        stamp = history.stamp(entry, self._tools.made_for)
        if known.seen.get(ts) == stamp and not asked_for:
            return
        thread = self._tools.threads.make(self._rooms[room], entry, self._now)
        if thread is not None:
            known.seen[ts] = stamp
            yield Upsert(thread, f"{room}/{ts}", stamp)
        elif known.seen.pop(ts, None) is not None:
            yield Delete(f"{room}/{ts}")

    def _read_again(self, room: str, root: str) -> Iterator[Step]:
        """A thread that is too old to be seen in the channel's newest posts."""
        entries = history.whole(self._client, room, root)
        thread = self._tools.threads.of(self._rooms[room], entries, self._now) if entries else None
        if thread is not None and words(entries[0].get("ts")) == root:
            yield Upsert(thread, f"{room}/{root}", history.stamp(entries[0], self._tools.made_for))
        elif f"{room}/{root}" in self._held:
            yield Delete(f"{room}/{root}")

    # --- history ------------------------------------------------------------------------------------------------------------

    def _history(self) -> Iterator[Step]:
        """Answer by answer, of the channel that is least far back: all of them move into the past together. Those that were
        never asked come first, the liveliest of them before the others.
        """
        cursors: dict[str, str] = {}
        lively = dict.fromkeys(match.partition("/")[0] for match in self._state.found)
        rank = {room: -number for number, room in enumerate(lively)}
        waiting = {room for room, known in self._state.channels.items() if not known.done and not known.problem}
        while waiting:
            room = max(waiting, key=lambda one: (not self._at(one), self._at(one), rank.get(one, -len(rank)), one))
            yield from self._guarded(room, self._further(room, cursors))
            if self._state.channels[room].done or self._state.channels[room].problem:
                waiting.discard(room)

    def _at(self, room: str) -> str:
        return self._state.channels[room].old

    def _further(self, room: str, cursors: dict[str, str]) -> Iterator[Step]:
        known = self._state.channels[room]
        try:
            stretch = history.older(self._client, room, known.old, cursors.get(room, ""))
        except Refused as error:
            if error.code != "invalid_cursor" or not cursors.pop(room, ""):
                raise
            return  # an answer's cursor that was kept too long: the ts serves as well
        newest = max((words(entry.get("ts")) for entry in stretch.entries), default="")
        if not known.old:
            known.new = max(known.new, newest)
        for entry in stretch.entries:
            yield from self._past(room, entry)
        cursors[room] = stretch.cursor
        if not stretch.more:
            yield from self._gone(room, "", known.old)
            known.done = True

    def _past(self, room: str, entry: Raw) -> Iterator[Step]:
        known, ts = self._state.channels[room], words(entry.get("ts"))
        before, known.old = known.old, ts
        yield from self._gone(room, ts, before)
        if not history.begins(entry):
            return
        stamp, ref = history.stamp(entry, self._tools.made_for), f"{room}/{ts}"
        if self._state.resync and self._held.get(ref) == stamp:
            known.remember(ts, stamp, self._now)
            return
        thread = self._tools.threads.make(self._rooms[room], entry, self._now)
        if thread is not None:
            known.remember(ts, stamp, self._now)
            yield Upsert(thread, ref, stamp)
        elif self._state.resync and ref in self._held:
            yield Delete(ref)

    # --- what the store holds -------------------------------------------------------------------------------------------------

    def _gone(self, room: str, after: str, before: str) -> Iterator[Step]:
        """In a resync: what is held between these two ts and was not listed there. "" as `before` is without end."""
        if self._state.resync:
            held = self._holdings(room)
            end = bisect_left(held, before) if before else None
            yield from (Delete(f"{room}/{ts}") for ts in held[bisect_right(held, after) : end])

    def _holdings(self, room: str) -> list[str]:
        return self._places().get(room, [])

    def _places(self) -> Mapping[str, list[str]]:
        """Room → ts, in order, of what the store holds. Asked for only where something went, or all is compared."""
        if self._by_room is None:
            self._by_room = {}
            for ref in self._held:
                room, _, ts = ref.rpartition("/")
                self._by_room.setdefault(room, []).append(ts)
            for held in self._by_room.values():
                held.sort()
        return self._by_room


def _why(error: Refused) -> str:
    reasons = {
        "not_in_channel": "this token is not in it: invite the app (/invite in the channel), or put it in `skip`",
        "channel_not_found": "it is gone, or this token may not see it: invite the app, or put it in `skip`",
    }
    return reasons.get(error.code, f"Slack refuses to show it ({error.code})")
