"""What the clock does at each tick: turns cadences into occurrences, catches up on what was missed, and says whom to ring for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from service.domain.items import Event
from service.domain.ledger import BeforeEvents, Cadence, Every, Outcome, Ring, Slot, State, WallTimes
from service.domain.occurrence_ids import dated_id
from service.domain.people import Person
from service.domain.schedule import interval_slot, meeting_slots, next_wall_slot
from service.domain.steps import NEVER, Step, interval_step, wall_step
from service.domain.zones import SECOND, seconds
from service.logs import logger
from service.store.bulk import Claimed, Looked, New
from service.store.cadences import Cadences, Planned, read_timing
from service.store.database import Database
from service.store.ledger import RING_AGAIN, Ledger

log = logger("planner")
BATCH = 500
AHEAD = timedelta(hours=1)
"""How early a meeting's rows are inserted before they are to be prepared, so that `status` shows what comes."""
LOOK_AGAIN = timedelta(hours=12)
"""How often meetings are looked at where nothing happens. A sync that changes the calendar has them looked at within a second."""


@dataclass(frozen=True, slots=True)
class Planner:
    database: Database
    ledger: Ledger
    cadences: Cadences
    events: Callable[[str, datetime, datetime], Sequence[Event]]
    """(person, start, end) → the instances that overlap."""
    is_holiday: Callable[[str, date], bool]
    """(region, day)."""
    silent: Callable[[datetime], str] = lambda _: ""
    """Why a slot due then is not said: a service that this one was restored from may have said it."""

    def tick(self, now: datetime) -> list[Ring]:
        """Plans everything whose time has come. Returns whom to ring for at once."""
        return [ring for rings in self.batches(now) for ring in rings]

    def batches(self, now: datetime, limit: int | None = None) -> Iterator[list[Ring]]:
        """One short transaction a batch: claims cadences whose time has come, inserts their occurrences, sets when to look again.
        Gives whom to ring for, once it is committed. Any number of clocks may run: the second finds nothing due.
        """
        while self.cadences.any_due(now):  # most ticks there is none, and nobody is kept from writing
            with self.database.write() as on:
                done, rings = self._in_bulk(on, now, limit or self.cadences.bulk.best)
            if not done:  # another clock has them, or only meetings are due
                break
            yield rings
        yield from self._before_meetings(now, limit or BATCH)

    def _before_meetings(self, now: datetime, limit: int) -> Iterator[list[Ring]]:
        # Calendars are read before the write lock is taken: expanding one may take a while.
        while due := self.cadences.due_meetings(now, limit):
            upcoming = {_name(planned): self._meetings(planned, now) for planned in due}
            rings: list[Ring] = []
            with self.database.write() as on:
                claimed = self.cadences.claim_meetings(on, now, limit)
                for planned in claimed:
                    rings += self._plan(on, planned, upcoming.get(_name(planned), ()), now)
            if not claimed:
                return
            yield rings

    def activate(self, on: Connection, person: Person, cadences: Iterable[Cadence], now: datetime) -> None:
        """A config became the current one: its cadences are the ones planned from now on; slots that have passed stay passed.
        Inside the transaction that records the revision.
        """
        cadences = tuple(cadences)
        for cadence in cadences:
            planned = Planned(cadence, person.timezone, person.holidays, planned_until=now, next_at=now)
            if not _is_meeting(planned):  # calendars are not read in here: what follows meetings is looked at by the next tick
                planned = replace(planned, next_at=self._next(planned, (), now))
            self.cadences.put(on, planned)
        self.cadences.keep(on, person.id, [c.name for c in cadences])
        self.ledger.abandon(on, person.id, [c.name for c in cadences], now)

    def ask(
        self, cadence: Cadence, now: datetime, subject: str = "", useful: timedelta = timedelta(hours=4), slot: str = ""
    ) -> str:
        """An occurrence by hand, due now: `reveille brief --send`."""
        name = slot or f"manual:{now:%Y-%m-%dT%H:%M:%S.%fZ}"
        asked = Slot(name, due_at=now, prepare_at=now, useful_until=now + useful, subject=subject)
        with self.database.write() as on:
            id = self.ledger.insert(on, cadence.person, cadence.name, cadence.job, asked)
        assert id is not None, "a manual slot is named by its microsecond"
        return id

    def upcoming(self, person: Person, cadences: Iterable[Cadence], now: datetime) -> list[tuple[str, datetime]]:
        """When each cadence is due next; of meetings, the next slot whose meeting is in the calendar."""
        found = [(c.name, at) for c in cadences if (at := self._due_next(person, c, now))]
        return sorted(found, key=lambda pair: pair[1])

    def _due_next(self, person: Person, cadence: Cadence, now: datetime) -> datetime | None:
        match cadence.timing:
            case WallTimes() as timing:
                slot = next_wall_slot(timing, person.zone, now, lambda day: self.is_holiday(person.holidays, day))
                return slot.due_at if slot else None
            case Every() as timing:
                return interval_slot(timing, now).due_at + timing.interval
            case BeforeEvents() as timing:
                events = [e for e in self.events(person.id, now, now + timedelta(days=14)) if _is_a_meeting(e)]
                slots = (slot.due_at for e in events for slot in meeting_slots(timing, e.id, e.start_at))
                return min((at for at in slots if at > now), default=None)

    # --- many cadences ---------------------------------------------------------------------------------------------------

    def _in_bulk(self, on: Connection, now: datetime, limit: int) -> tuple[int, list[Ring]]:
        """How many were claimed, and whom to ring for."""
        bulk, at = self.cadences.bulk, seconds(now)
        claimed = bulk.claim(on, now, limit)
        if not claimed:
            return 0, []
        steps = Steps(self.is_holiday, self.silent, bulk.seconds, at)
        taken = [(cadence, steps[cadence.kind, cadence.timing, cadence.until]) for cadence in claimed]
        unclaimed: Mapping[str, int] = {}
        if newest := [cadence.last for cadence, step in taken if step.given and cadence.kind == "every" and cadence.last]:
            unclaimed = bulk.absorb(on, newest)
        if newer := [(cadence.person, cadence.name, step.gives_way) for cadence, step in taken if step.gives_way is not None]:
            older = bulk.older(on, newer)
            if older:
                self.ledger.supersede(on, older, now)
        looked, new = _written(taken, unclaimed, at)
        inserted = bulk.write(on, looked, new, now)
        return len(claimed), [
            Ring(n.id, claimed[n.nth].job) for n in new if n.given.prepare_at <= at and not n.given.reason and n.id in inserted
        ]

    # --- one that follows meetings ---------------------------------------------------------------------------------------

    def _plan(self, on: Connection, planned: Planned, meetings: Sequence[Event], now: datetime) -> list[Ring]:
        timing = planned.cadence.timing
        assert isinstance(timing, BeforeEvents)
        rings = self._plan_meetings(on, planned, timing, meetings, now)
        then = replace(planned, planned_until=max(planned.planned_until, now))
        self.cadences.planned(on, replace(then, next_at=self._next(then, meetings, now)))
        return rings

    def _plan_meetings(
        self, on: Connection, planned: Planned, timing: BeforeEvents, meetings: Sequence[Event], now: datetime
    ) -> list[Ring]:
        rings = []
        for event in meetings:
            for slot in meeting_slots(timing, event.id, event.start_at):
                why = self.silent(slot.due_at)
                if slot.due_at <= planned.planned_until:
                    # The meeting was not known when this slot's time came: it is due now, and not late.
                    slot = replace(slot, due_at=max(slot.due_at, now))
                if (
                    self.ledger.reschedule(on, planned.cadence.person, planned.cadence.name, slot)
                    or slot.prepare_at > now + AHEAD
                ):
                    continue
                if why:
                    self._insert_ended(on, planned, slot, why, now)
                else:
                    rings += self._insert(on, planned, slot, now)
        return rings

    def _insert(self, on: Connection, planned: Planned, slot: Slot, now: datetime) -> list[Ring]:
        cadence, soon = planned.cadence, slot.prepare_at <= now
        wake_at = now + RING_AGAIN if soon else slot.prepare_at  # who is rung for at once is given time to come
        id = self.ledger.insert(on, cadence.person, cadence.name, cadence.job, slot, wake_at=wake_at)
        return [Ring(id, cadence.job)] if id and soon else []

    def _insert_ended(self, on: Connection, planned: Planned, slot: Slot, reason: str, now: datetime) -> None:
        ended = {"state": State.ENDED.value, "outcome": Outcome.SKIPPED.value, "reason": reason, "ended_at": now}
        self.ledger.insert(on, planned.cadence.person, planned.cadence.name, planned.cadence.job, slot, **ended)

    # --- when to look again ----------------------------------------------------------------------------------------------

    def _next(self, planned: Planned, meetings: Sequence[Event], now: datetime) -> datetime:
        match planned.cadence.timing:
            case WallTimes() as timing:
                slot = next_wall_slot(timing, ZoneInfo(planned.timezone), planned.planned_until, self._holiday(planned))
                return max(slot.prepare_at, now) if slot else now + NEVER * SECOND
            case Every() as timing:
                return interval_slot(timing, now).due_at + timing.interval
            case BeforeEvents() as timing:
                slots = (slot for event in meetings for slot in meeting_slots(timing, event.id, event.start_at))
                return min((at for slot in slots if (at := slot.prepare_at - AHEAD) > now), default=now + LOOK_AGAIN)

    def _meetings(self, planned: Planned, now: datetime) -> Sequence[Event]:
        timing = planned.cadence.timing
        assert isinstance(timing, BeforeEvents)
        furthest = max(timing.brief or timedelta(), timing.push or timedelta()) + AHEAD + 2 * LOOK_AGAIN
        try:
            events = self.events(planned.cadence.person, now, now + furthest)
        except Exception:  # a calendar is somebody else's words: what breaks on it must not keep the morning from being planned
            log.exception("a calendar could not be read", cadence=planned.cadence.name)
            return ()
        return [e for e in events if e.start_at > now and _is_a_meeting(e)]

    def _holiday(self, planned: Planned) -> Callable[[date], bool]:
        return lambda day: self.is_holiday(planned.holidays, day)


def _name(planned: Planned) -> tuple[str, str]:
    return planned.cadence.person, planned.cadence.name


def _is_meeting(planned: Planned) -> bool:
    return isinstance(planned.cadence.timing, BeforeEvents)


class Steps(dict[tuple[str, str, Any], Step]):
    """What becomes at one moment of cadences with the same timing, planned as far: most of those that are due together share it."""

    def __init__(
        self,
        is_holiday: Callable[[str, date], bool],
        silent: Callable[[datetime], str],
        seconds_of: Callable[[Any], int],
        now: int,
    ) -> None:
        super().__init__()
        self._is_holiday, self._silent, self._seconds, self._now = is_holiday, silent, seconds_of, now

    def __missing__(self, key: tuple[str, str, Any]) -> Step:
        kind, text, until = key
        timing, zone, holidays = read_timing(kind, text)
        if isinstance(timing, WallTimes):
            step = wall_step(
                timing, zone, self._seconds(until), self._now, lambda day: self._is_holiday(holidays, day), self._silent
            )
        else:
            assert isinstance(timing, Every)
            step = interval_step(timing, self._seconds(until), self._now, self._silent)
        self[key] = step
        return step


def _written(
    taken: Sequence[tuple[Claimed, Step]], unclaimed: Mapping[str, int], now: int
) -> tuple[Sequence[Looked], Sequence[New]]:
    looked, new, again = [], [], now + RING_AGAIN // SECOND
    for nth, ((ref, person, name, _, kind, _, _, last), step) in enumerate(taken):
        for given in step.given:
            id = dated_id(given.day, person, name, "", given.slot)
            count = given.stands_for + unclaimed.get(last, 0) if kind == "every" else given.stands_for
            # Who is rung for at once is given time to come.
            new.append(New(nth, id, given, again if given.prepare_at <= now else given.prepare_at, count))
            last = id
        looked.append(Looked(ref, step.next_at, step.until, last))
    return looked, new


def _is_a_meeting(event: Event) -> bool:
    """With somebody else, at a time: blocks of one's own and birthdays get no brief."""
    people = {a.address.email or a.address.name for a in event.attendees if not a.resource}
    if event.organizer:  # Exchange does not list who invites among the attendees
        people.add(event.organizer.email or event.organizer.name)
    return event.status != "cancelled" and not event.all_day and len(people) > 1
