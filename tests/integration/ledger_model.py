"""What the ledger should hold, worked out the slow and simple way. Imports nothing of the service: it may not share its mistakes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Key = tuple[str, str, str]
"""Cadence, subject, slot: what makes an occurrence one of its kind."""

AHEAD = timedelta(minutes=10)
"""How long before its due time a row for a wall time stands there."""
USEFUL = timedelta(hours=4)
SHOWN_EARLY = timedelta(hours=1)
"""How long before it is prepared a row for a meeting may stand there."""
SEEN_WITHIN = timedelta(seconds=30)
"""How soon a clock looks at the calendar again."""
LATE = timedelta(minutes=5)
STEP = timedelta(minutes=5)
"""Zones change their offset, and tests their wall times, on multiples of this."""


@dataclass(frozen=True)
class Daily:
    times: tuple[time, ...]
    days: frozenset[int] = frozenset(range(7))


@dataclass(frozen=True)
class Interval:
    every: timedelta


@dataclass(frozen=True)
class Leads:
    brief: timedelta
    push: timedelta


When = Daily | Interval | Leads


@lru_cache(maxsize=100_000)
def first_moment(day: date, at: time, zone: str) -> datetime:
    """When the clock on the wall first shows this time or a later one: in a gap right after it, in a fold the first of the two."""
    wall, tz = datetime.combine(day, at), ZoneInfo(zone)
    moment = wall.replace(tzinfo=UTC) - timedelta(hours=15)
    while moment.astimezone(tz).replace(tzinfo=None) < wall:
        moment += STEP
    return moment


def changes(zone: str, after: datetime, within: timedelta) -> datetime | None:
    """The next moment from which the zone's offset is another."""
    tz, moment = ZoneInfo(zone), after.replace(minute=0, second=0, microsecond=0)
    while moment < after + within:
        if moment.astimezone(tz).utcoffset() != (moment + STEP).astimezone(tz).utcoffset():
            return moment + STEP
        moment += STEP
    return None


@dataclass
class Plan:
    when: When
    zone: str
    since: datetime
    """Up to here every slot is accounted for."""
    lagging: datetime | None = None
    """How far a clock that lags may have come beyond that."""

    def daily(self, until: datetime) -> Iterator[tuple[str, datetime]]:
        """Names and due times of the slots after `since`, in order."""
        assert isinstance(self.when, Daily)
        day, last = self.since.date() - timedelta(days=2), until.date() + timedelta(days=2)
        while day <= last:
            if day.weekday() in self.when.days:
                for place, at in enumerate(sorted(self.when.times)):
                    due_at = first_moment(day, at, self.zone)
                    if self.since < due_at <= until:
                        yield f"{day}.{place}", due_at
            day += timedelta(days=1)

    def aligned(self, until: datetime) -> list[datetime]:
        assert isinstance(self.when, Interval)
        every = self.when.every.total_seconds()
        first, last = int(self.since.timestamp() // every) + 1, int(until.timestamp() // every)
        return [datetime.fromtimestamp(n * every, UTC) for n in range(first, last + 1)]


@dataclass(frozen=True)
class Meeting:
    start_at: datetime
    cancelled: bool
    changed_at: datetime


@dataclass(frozen=True)
class Row:
    """An occurrence as it lies in the table."""

    id: str
    key: Key
    state: str
    outcome: str
    reason: str
    fence: int
    attempts: int
    count: int
    prepare_at: datetime
    due_at: datetime
    useful_until: datetime
    lease_until: datetime | None
    not_before: datetime | None
    ended_at: datetime | None

    @property
    def ended(self) -> bool:
        return self.state == "ended"


@dataclass(frozen=True)
class Sent:
    """A delivery as it lies in the table."""

    occurrence: str
    channel: str
    state: str
    error: str
    attempts: int


@dataclass
class Model:
    """Which rows there must be, which there may be, and how many slots the rows of an interval stand for."""

    plans: dict[str, Plan] = field(default_factory=dict)
    must: set[Key] = field(default_factory=set)
    may: set[Key] = field(default_factory=set)
    dues: defaultdict[Key, set[datetime]] = field(default_factory=lambda: defaultdict(set))
    newest: dict[str, Key] = field(default_factory=dict)
    counted: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    uncertain: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Slots that only a lagging clock may have planned before an edit did away with the plan."""
    meetings: dict[str, Meeting] = field(default_factory=dict)
    looked_at: dict[str, datetime] = field(default_factory=dict)
    taken_out: set[str] = field(default_factory=set)
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)

    def configure(self, zone: str, cadences: dict[str, When], now: datetime) -> None:
        """A config becomes the current one. What it leaves as it was goes on as planned."""
        for name in [*self.plans]:
            if name not in cadences:
                self._drop(name)
                self.taken_out.add(name)
        for name, when in cadences.items():
            old = self.plans.get(name)
            if old is None or (old.when, old.zone) != (when, zone):
                if old is not None:
                    self._drop(name)
                self.plans[name] = Plan(when, zone, since=now)
                self.looked_at[name] = now
                if isinstance(when, Daily):  # a row that nobody has claimed may follow the edit
                    self._note_dues(name, now)

    def _drop(self, name: str) -> None:
        plan = self.plans.pop(name)
        self.uncertain[name] += len(_lagged(plan))

    def _note_dues(self, name: str, now: datetime) -> None:
        plan = self.plans[name]
        for slot, due_at in Plan(plan.when, plan.zone, now - timedelta(days=2)).daily(now + timedelta(days=3)):
            self.dues[name, "", slot].add(due_at)

    def tick(self, now: datetime) -> set[Key]:
        """A clock looked. Returns the slots that it came too late for: their rows have ended already."""
        too_late: set[Key] = set()
        for name, plan in self.plans.items():
            match plan.when:
                case Daily():
                    too_late |= self._tick_daily(name, plan, now)
                    plan.since = max(plan.since, now + AHEAD)
                case Interval():
                    slots = plan.aligned(now)
                    if slots:
                        self.counted[name] += len(slots)
                        key = (name, "", f"{slots[-1]:%Y-%m-%dT%H:%M:%SZ}")
                        self.newest[name] = key
                        self.may.add(key)
                        self.dues[key].add(slots[-1])
                        plan.since = max(plan.since, now)
                case Leads():
                    self._tick_meetings(name, plan.when, now)
            plan.lagging = None
        return too_late

    def lagging_tick(self, now: datetime) -> None:
        """A clock that lags behind the others looked: what it planned, they would have."""
        for name, plan in self.plans.items():
            plan.lagging = max(plan.lagging or now, now)
            match plan.when:
                case Daily():
                    slots = list(plan.daily(now + AHEAD))
                case Interval():
                    slots = [(f"{at:%Y-%m-%dT%H:%M:%SZ}", at) for at in plan.aligned(now)[-1:]]
                    if slots:  # what nobody has claimed may be counted in the next row by now
                        self.newest.pop(name, None)
                case Leads():
                    slots = []
                    self._tick_meetings(name, plan.when, now, sure=False)
            for slot, due_at in slots:
                self.may.add((name, "", slot))
                self.dues[name, "", slot].add(due_at)

    def _tick_daily(self, name: str, plan: Plan, now: datetime) -> set[Key]:
        slots = {(name, "", slot): due_at for slot, due_at in plan.daily(now + AHEAD)}
        for key, due_at in slots.items():
            self.dues[key].add(due_at)
        missed = [key for key, due_at in slots.items() if due_at <= now]
        over = {key for key in missed[-1:] if slots[key] + USEFUL <= now}
        fresh = slots.keys() - self.must - self.may
        self.must |= slots.keys()
        return {*missed[:-1], *over} & fresh

    def _tick_meetings(self, name: str, when: Leads, now: datetime, *, sure: bool = True) -> None:
        look = sure and now >= self.looked_at[name] + SEEN_WITHIN
        if look or not sure:
            self.looked_at[name] = max(now, self.looked_at[name])
        for id, meeting in self.meetings.items():
            if meeting.cancelled or meeting.start_at <= now:
                continue
            for slot, lead in (("brief", when.brief), ("push", when.push)):
                prepare_at = meeting.start_at - lead - min(lead, timedelta(minutes=5))
                if prepare_at <= now and look:
                    self.must.add((name, id, slot))
                if prepare_at <= now + SHOWN_EARLY:
                    self.may.add((name, id, slot))

    def asked(self, cadence: str, slot: str, now: datetime) -> None:
        self.must.add((cadence, "", slot))
        self.dues[cadence, "", slot].add(now)

    def forgotten(self, rows: list[Row]) -> None:
        """Retention took these."""
        for row in rows:
            self.must.discard(row.key)
            self.may.add(row.key)
            self.newest = {name: key for name, key in self.newest.items() if key != row.key}

    # --- what is wrong with the rows -----------------------------------------------------------------------------------

    def wrong(self, rows: dict[Key, Row], pruned: dict[str, int]) -> list[str]:
        found = [f"no row for {key}" for key in (self.must | {*self.newest.values()}) - rows.keys()]
        found += [f"nobody asked for {key}" for key in rows.keys() - self.must - self.may]
        for key, row in rows.items():
            if key in self.dues and row.due_at not in self.dues[key]:
                found.append(f"{key} is due at {row.due_at}, not at {self.dues[key]}")
            if row.ended != bool(row.outcome) or row.ended != bool(row.ended_at):
                found.append(f"{key} is half ended: {row}")
        for name, plan in self.plans.items():
            if isinstance(plan.when, Interval):
                stood_for = pruned.get(name, 0) + sum(
                    row.count for key, row in rows.items() if key[0] == name and not key[2].startswith("manual:")
                )
                least, spare = self.counted[name], self.uncertain[name] + len(_lagged(plan))
                if not least <= stood_for <= least + spare:
                    found.append(f"{name}: rows stand for {stood_for} slots of {least}")
        return found

    def paused_between(self, start: datetime, end: datetime) -> bool:
        return any(begin <= max(start, end) and min(start, end) < until for begin, until in self.pauses)


def _lagged(plan: Plan) -> list[datetime]:
    """Slots of an interval that a lagging clock may have planned since the others last looked."""
    return plan.aligned(plan.lagging) if plan.lagging is not None and isinstance(plan.when, Interval) else []


@dataclass
class Witness:
    """What happened outside the ledger: what arrived, and what went wrong on the way."""

    arrived: defaultdict[tuple[Key, str], list[datetime]] = field(default_factory=lambda: defaultdict(list))
    doubts: defaultdict[tuple[Key, str], int] = field(default_factory=lambda: defaultdict(int))
    """Sends of which nobody can say whether they arrived: of an occurrence, on a channel."""
    raced: set[tuple[Key, str]] = field(default_factory=set)
    """Asleep between the look at the lease and the first byte: nothing can keep another worker from sending meanwhile."""
    troubled: defaultdict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    """What else went wrong with an occurrence, in a word: killed, slept, away, refused, nothing …"""
    channel_gone: bool = False
    """Whether a channel was ever taken out of the config."""
    silent_until: list[datetime] = field(default_factory=list)
    """When a copy was restored from a backup, and when it began to work."""

    def silenced(self, row: Row) -> bool:
        """Whether another service may have said it, and the row says so."""
        return "restored from a backup" in row.reason and any(row.due_at <= at or row.key[1] for at in self.silent_until)

    def arrivals(self, key: Key) -> list[datetime]:
        return sorted(at for (of, _), times in self.arrived.items() if of == key for at in times)

    def doubted(self, key: Key) -> bool:
        return any(of == key for of, _ in self.doubts) or bool({"killed", "slept", "bug"} & self.troubled[key])

    def in_doubt(self, key: Key, channel: str) -> bool:
        """Whether nobody could say whether it arrived there, at a channel that can't look."""
        return self.doubts[key, channel] > 0 and channel != "folder"


def unjustified(row: Row, rows: dict[Key, Row], model: Model, witness: Witness) -> str:
    """Why an occurrence should not have ended as it did; "" where it is as it should be."""
    assert row.ended_at is not None
    arrivals, trouble = witness.arrivals(row.key), witness.troubled[row.key]
    if row.outcome != "sent" and not row.reason:
        return "it says no reason"
    if row.outcome in ("unknown", "skipped") and witness.silenced(row):
        return ""
    match row.outcome:
        case "sent":
            return "it never arrived" if not arrivals else _lateness(row, arrivals[0])
        case "unknown":
            return "" if witness.doubted(row.key) else "nothing about it was in doubt"
        case "failed" if arrivals:
            return "it arrived, or may have"
        case "failed" if any(witness.in_doubt(row.key, channel) for channel in ("inbox", "phone")):
            return "a doubt ends as unknown"
        case "failed":
            return "" if trouble or "no channel" in row.reason else "nothing failed"
        case "skipped" if arrivals:
            return "it arrived"
    return _skipped(row, rows, model, witness)


def misjudged(row: Row, sent: Sent, witness: Witness) -> str:
    """Why a delivery of an occurrence that ended should not stand as it does; "" where it should."""
    way = (row.key, sent.channel)
    arrived = bool(witness.arrived[way])
    if witness.silenced(row):
        return "" if sent.state not in ("pending", "sending") else "its occurrence has ended"
    match sent.state:
        case "sent":
            return "" if arrived else "it never arrived"
        case "unknown":
            return "" if witness.doubted(row.key) else "nothing about it was in doubt"
        case "failed" | "skipped" | "pending" if arrived:
            return "it arrived"
        case "failed" if witness.in_doubt(*way):
            return "a doubt ends as unknown"
        case "failed" | "skipped":
            return "" if sent.error else "it says no reason"
    return "its occurrence has ended"


def _lateness(row: Row, first: datetime) -> str:
    assert row.ended_at is not None
    said = re.search(r"late by (\d+) min", row.reason)
    if said is None:
        return "it is late and does not say so" if first - row.due_at > LATE else ""
    minutes = timedelta(minutes=int(said[1]))
    slack = timedelta(minutes=1)
    return (
        "" if first - row.due_at - slack <= minutes <= row.ended_at - row.due_at else f"late by {first - row.due_at}, not as said"
    )


def _skipped(row: Row, rows: dict[Key, Row], model: Model, witness: Witness) -> str:
    assert row.ended_at is not None
    cadence, trouble = row.key[0], witness.troubled[row.key]
    if row.reason.startswith("superseded"):
        # In a gap two times of a day fall on one moment; the later of them counts.
        newer = any(
            key[0] == cadence and (row.due_at, row.key) < (other.due_at, key) and other.due_at <= row.ended_at
            for key, other in rows.items()
        )
        return "" if newer else "there is no newer one"
    if row.reason.startswith("expired"):
        return "" if row.ended_at >= row.useful_until else "it was still of use"
    if "taken out of the config" in row.reason and "channel" not in row.reason:
        return "" if cadence in model.taken_out else "its cadence was never taken out"
    if row.reason.startswith("nothing:"):
        return "" if "nothing" in trouble else "the job had something to say"
    if "paused" in row.reason:
        return "" if model.paused_between(row.due_at, row.ended_at) else "there was no pause"
    if "channel" in row.reason and "taken out" in row.reason:
        return "" if witness.channel_gone else "its channel is there"
    if "budget" in row.reason:
        return ""
    return "nobody knows that reason"
