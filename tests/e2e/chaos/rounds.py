"""A scenario played: one topology, a stream of things that become due, and one fault after another while they run."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select, update

from service.store import tables
from tests.e2e.chaos.member import Member
from tests.e2e.chaos.people import Someone
from tests.e2e.chaos.topology import Topology
from tests.e2e.chaos.verdict import Verdict, judge
from tests.e2e.chaos.witness import Witness
from tests.e2e.driver import until

SOON, LATE = 30.0, 180.0
"""Seconds: until something is seen to happen in a running topology; until everything has ended once the faults are over."""


class Missed(Exception):
    """The moment did not come: what was to be hit was over too soon. Counted apart, and tried again."""


@dataclass
class Round:
    topology: Topology
    chance: random.Random
    quick: bool = True
    """Whether long waits are cut short."""
    may_arrive: Counter[str] = field(default_factory=Counter)
    """How often a slot may, for those that a kill left in the doubtful window; once for all others."""
    seen: Counter[str] = field(default_factory=Counter)
    """What a scenario counts for its row in the table."""
    struck: Counter[str] = field(default_factory=Counter)
    """How often a worker was killed or frozen that may have held an occurrence: the third time it would be put aside, rightly."""
    poisoned: set[tuple[str, str]] = field(default_factory=set)
    """Slots that were made to kill their workers."""
    marks: list[datetime] = field(default_factory=list)
    """Where the wall clock was before and after it was set."""
    _slots: dict[str, Iterator[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.topology.now
        self._slots = {someone.id: iter(someone.cadences) for someone in self.topology.people}

    @property
    def witness(self) -> Witness:
        return self.topology.witness

    # --- what becomes due ------------------------------------------------------------------------------------------------------

    def release(self, most: int = 3) -> list[tuple[str, str]]:
        """One to `most` occurrences become due, of anybody."""
        people = [self.chance.choice(self.topology.people) for _ in range(self.chance.randint(1, most))]
        slots = [(someone.id, name) for someone in people for name in islice(self._slots[someone.id], 1)]
        assert slots, "too few cadences were generated"
        self.topology.release(slots)
        return slots

    def release_of(self, someone: Someone, count: int) -> list[tuple[str, str]]:
        slots = [(someone.id, name) for name in islice(self._slots[someone.id], count)]
        self.topology.release(slots)
        return slots

    # --- moments ---------------------------------------------------------------------------------------------------------------

    def pause(self, low: float, high: float) -> None:
        time.sleep(self.chance.uniform(low, high))

    def until(self, holds: Callable[[], Any], within: float = SOON) -> Any:
        """Raises Missed where the moment does not come."""
        end = time.monotonic() + within
        while not (found := holds()):
            if time.monotonic() > end:
                raise Missed
            time.sleep(0.005)
        return found

    def held(self, step: str) -> dict[str, Any]:
        """Something becomes due, and its conversation is held at this step."""
        since = len(self.witness.steps())
        self.witness.hold(step)
        self.release()
        line: dict[str, Any] = self.until(lambda: self.witness.held(since, step))[0]
        return line

    def holder(self, line: dict[str, Any]) -> Member:
        """Whose conversation it is."""
        found: Member = self.until(lambda: next((m for m in self.topology.of("worker") if m.talks_from(line["peer"])), None))
        return found

    def someone(self, role: str) -> Member:
        return self.chance.choice(self.topology.of(role))

    # --- faults that several scenarios share -------------------------------------------------------------------------------------

    def kill(self, member: Member, *, proof: bool = True) -> None:
        """Kill -9. Without proof, whatever arrived and stands unmarked in the ledger now may arrive once more."""
        self.strike()
        member.kill()
        arrived = Counter(line["slot"] for line in self.witness.arrivals)
        for slot in self.topology.unmarked():
            if arrived[slot]:
                self.seen["in doubt"] += 1
                if not proof:
                    self.may_arrive[slot] = arrived[slot] + 1

    def strike(self) -> None:
        """Called before workers are killed or frozen: remembers what is under way."""
        o = tables.occurrence
        rows = self.topology.rows(select(o.c.id).where(o.c.state.in_(("preparing", "delivering")), o.c.lease_until.is_not(None)))
        self.struck.update(row.id for row in rows)

    def spare(self) -> None:
        """Until nothing is open that was struck twice."""
        twice = [id for id, times in self.struck.items() if times > 1]
        o = tables.occurrence
        open_ = select(o.c.id).where(o.c.id.in_(twice), o.c.state != "ended")
        until(lambda: not twice or not self.topology.rows(open_), LATE, self.topology.state)

    # --- the end ---------------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Until everything that was released has ended."""
        self.witness.free()
        self.topology.revive()
        o, c = tables.occurrence, tables.cadence
        wanted, since = len(self.topology.released), time.monotonic()

        def ended() -> bool:
            rows = self.topology.rows(select(o.c.state))
            if time.monotonic() - since > 2:
                self._hasten()
            unplanned = self.topology.rows(select(c.c.name).where(c.c.next_at <= self.topology.now))
            return len(rows) >= wanted and not unplanned and all(row.state == "ended" for row in rows)

        until(ended, LATE, self.topology.state)

    def _hasten(self) -> None:
        """What waits for its next try after a failure is tried now: nobody learns anything from waiting."""
        o, d = tables.occurrence, tables.delivery
        values = {"not_before": None} | ({"wake_at": o.c.due_at} if "wake_at" in o.c else {})

        def bring_forward(on: Any) -> None:
            on.execute(update(d).where(d.c.state == "pending", d.c.not_before.is_not(None)).values(not_before=None))
            on.execute(
                update(o).where(o.c.state != "ended", o.c.lease_until.is_(None), o.c.not_before.is_not(None)).values(values)
            )

        self.topology.write(bring_forward)


@dataclass(frozen=True)
class Beginning:
    at: datetime
    timezone: str
    timings: Mapping[str, Mapping[str, object]]
    """By cadence."""


@dataclass(frozen=True)
class Scenario:
    """`point` does one fault, and undoes what must be undone before the next."""

    name: str
    point: Callable[[Round], None] = lambda _: None
    on: tuple[str, ...] = ("embedded",)
    quick: int = 2
    """Points in the quick profile."""
    quick_on: tuple[str, ...] = ()
    """Topologies of the quick profile, where not all."""
    round: int = 20
    """Points to a topology in the long one."""
    enough: int = 1_000_000
    """Points of the long one, where each is thousands of occurrences."""
    may_end: frozenset[str] = frozenset({"sent"})
    options: dict[str, Any] = field(default_factory=dict)
    """For the topology: audio, pushes, mails; proof; shifted (a wall clock that can be set)."""
    long: dict[str, Any] = field(default_factory=dict)
    """Options of the long profile that differ."""
    begins: Callable[[random.Random], Beginning] | None = None
    """When and where it plays, where that isn't here and now."""
    ends: Callable[[Round], None] = lambda _: None
    """After the last point, before everything must come to rest."""
    judged: Callable[[Round], Verdict] | None = None
    """Instead of the usual verdict."""
    alone: Callable[..., Verdict] | None = None
    """Plays by itself, without a topology: (folder, on, points, seed, servers)."""

    @property
    def quickly(self) -> tuple[str, ...]:
        return self.quick_on or self.on


def play(scenario: Scenario, topology: Topology, points: int, seed: int, *, quick: bool = True) -> tuple[Verdict, Round]:
    """Raises where the topology does not come to rest; `topology` runs."""
    at = Round(topology, chance_of(scenario, seed), quick)
    missed = 0
    while at.seen["points"] < points:
        at.spare()
        try:
            scenario.point(at)
            at.seen["points"] += 1
        except Missed:
            missed += 1
            assert missed <= points + 3, f"{scenario.name}: the moment never comes{topology.state()}"
            at.seen["missed"] += 1
        finally:
            at.witness.free()
        topology.revive()
        topology.up()
    scenario.ends(at)
    at.settle()
    if scenario.judged:
        return scenario.judged(at), at
    return judge(topology, scenario.may_end, at.may_arrive), at


def chance_of(scenario: Scenario, seed: int) -> random.Random:
    return random.Random(f"{scenario.name} {seed}")


def slots_needed(points: int) -> int:
    """Cadences for a round: up to three a point, and as many again for moments that are missed."""
    return 6 * points + 12
