"""What the clock does at each tick: turns cadences into occurrences, catches up on what was missed, and says whom to ring for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from service.domain.items import Event
from service.domain.ledger import BeforeEvents, Cadence, Every, Outcome, Ring, Slot, State, WallTimes
from service.domain.people import Person
from service.domain.schedule import interval_slot, meeting_slots, next_wall_slot, slots_between, wall_slots
from service.logs import logger
from service.store.cadences import Cadences, Planned
from service.store.database import Database
from service.store.ledger import RING_AGAIN, Ledger

log = logger("planner")
BATCH = 500
AHEAD = timedelta(hours=1)
"""How early a meeting's rows are inserted before they are to be prepared, so that `status` shows what comes."""
LOOK_AGAIN = timedelta(hours=12)
"""How often meetings are looked at where nothing happens. A sync that changes the calendar has them looked at within a second."""
NEVER = timedelta(days=365)


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

    def batches(self, now: datetime, limit: int = BATCH) -> Iterator[list[Ring]]:
        """One short transaction a batch: claims cadences whose time has come, inserts their occurrences, sets when to look again.
        Gives whom to ring for, once it is committed. Any number of clocks may run: the second finds nothing due.
        """
        # Calendars are read before the write lock is taken: expanding one may take a while.
        while due := self.cadences.due(now, limit):  # most ticks there is none, and nobody is kept from writing
            upcoming = {_name(p): self._meetings(p, now) for p in due if _is_meeting(p)}
            rings: list[Ring] = []
            with self.database.write() as on:
                claimed = self.cadences.claim(on, now, limit)
                for planned in claimed:
                    rings += self._plan(on, planned, upcoming.get(_name(planned), ()), now)
            if not claimed:  # another clock has them
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

    # --- one cadence -----------------------------------------------------------------------------------------------------

    def _plan(self, on: Connection, planned: Planned, meetings: Sequence[Event], now: datetime) -> list[Ring]:
        match planned.cadence.timing:
            case WallTimes() as timing:
                rings = self._plan_wall(on, planned, timing, now)
                until = max(planned.planned_until, now + timing.prepare)
            case Every() as timing:
                rings = self._plan_interval(on, planned, timing, now)
                until = max(planned.planned_until, now)
            case BeforeEvents() as timing:
                rings = self._plan_meetings(on, planned, timing, meetings, now)
                until = max(planned.planned_until, now)
        then = replace(planned, planned_until=until)
        self.cadences.planned(on, replace(then, next_at=self._next(then, meetings, now)))
        return rings

    def _plan_wall(self, on: Connection, planned: Planned, timing: WallTimes, now: datetime) -> list[Ring]:
        slots = list(
            wall_slots(timing, ZoneInfo(planned.timezone), planned.planned_until, now + timing.prepare, self._holiday(planned))
        )
        past = [slot for slot in slots if slot.due_at <= now]
        rings = []
        for slot in past[:-1]:
            self._insert_ended(on, planned, slot, self.silent(slot.due_at) or "superseded by a newer one", now)
        for slot in past[-1:]:
            if why := self.silent(slot.due_at):
                self._insert_ended(on, planned, slot, why, now)
            elif slot.useful_until <= now:
                self._insert_ended(on, planned, slot, _expired(slot, planned.timezone), now)
            else:
                rings += self._insert(on, planned, slot, now)
            self.ledger.supersede(on, planned.cadence.person, planned.cadence.name, slot.due_at, now)
        for slot in slots[len(past) :]:
            rings += self._insert(on, planned, slot, now)
        return rings

    def _plan_interval(self, on: Connection, planned: Planned, timing: Every, now: datetime) -> list[Ring]:
        slot = interval_slot(timing, now)
        if slot.due_at <= planned.planned_until:
            return []
        missed = slots_between(timing, planned.planned_until, now) - 1
        unclaimed = self.ledger.absorb(on, planned.cadence.person, planned.cadence.name)
        if why := self.silent(slot.due_at):
            self._insert_ended(on, planned, slot, why, now, count=1 + missed + unclaimed)
            return []
        return self._insert(on, planned, slot, now, count=1 + missed + unclaimed)

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

    def _insert(self, on: Connection, planned: Planned, slot: Slot, now: datetime, count: int = 1) -> list[Ring]:
        cadence, soon = planned.cadence, slot.prepare_at <= now
        wake_at = now + RING_AGAIN if soon else slot.prepare_at  # who is rung for at once is given time to come
        id = self.ledger.insert(on, cadence.person, cadence.name, cadence.job, slot, count=count, wake_at=wake_at)
        return [Ring(id, cadence.job)] if id and soon else []

    def _insert_ended(self, on: Connection, planned: Planned, slot: Slot, reason: str, now: datetime, count: int = 1) -> None:
        ended = {"state": State.ENDED.value, "outcome": Outcome.SKIPPED.value, "reason": reason, "ended_at": now, "count": count}
        self.ledger.insert(on, planned.cadence.person, planned.cadence.name, planned.cadence.job, slot, **ended)

    # --- when to look again ----------------------------------------------------------------------------------------------

    def _next(self, planned: Planned, meetings: Sequence[Event], now: datetime) -> datetime:
        match planned.cadence.timing:
            case WallTimes() as timing:
                slot = next_wall_slot(timing, ZoneInfo(planned.timezone), planned.planned_until, self._holiday(planned))
                return max(slot.prepare_at, now) if slot else now + NEVER
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


def _is_a_meeting(event: Event) -> bool:
    """With somebody else, at a time: blocks of one's own and birthdays get no brief."""
    people = {a.address.email or a.address.name for a in event.attendees if not a.resource}
    if event.organizer:  # Exchange does not list who invites among the attendees
        people.add(event.organizer.email or event.organizer.name)
    return event.status != "cancelled" and not event.all_day and len(people) > 1


def _expired(slot: Slot, timezone: str) -> str:
    return f"expired: of no use after {slot.useful_until.astimezone(ZoneInfo(timezone)):%a %H:%M}"
