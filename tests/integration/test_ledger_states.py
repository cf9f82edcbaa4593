"""A state machine drives clock, workers, crashes, edits and time against one promise: every occurrence ends, once."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from service.attention import paused
from service.domain.delivery import Skip
from service.domain.ledger import BeforeEvents, Every, WallTimes
from service.domain.people import Pause
from service.errors import Rejected, Unavailable
from service.store import open_store
from tests.builders import an_event
from tests.household import MORNING, START, Bench, Killed, KilledAfterArrival, Sink, timed

IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Thousands of durable commits are about states here, not about disks."""


class LedgerMachine(RuleBasedStateMachine):
    empty: Path

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=IN_MEMORY))
        shutil.copy(self.empty, self.folder / "reveille.db")
        store = open_store(f"sqlite:///{self.folder}/reveille.db", self.folder / "artefacts", secret=b"test")
        triage = timed(Every(timedelta(minutes=30)), name="triage", job="triage")
        meetings = timed(BeforeEvents(timedelta(hours=4), timedelta(minutes=15)), name="meetings", job="meeting")
        both = ("inbox", "phone")
        self.bench = Bench(store, cadences=(replace(MORNING, to=both), triage, replace(meetings, to=both)))
        # Channels that can't look: nothing may ever arrive twice on them.
        self.sink = Sink(repeatable=False, before=self.not_in_a_pause)
        self.phone = Sink(repeatable=False, interrupts=True, before=self.not_in_a_pause)
        self.bench.channels = {"inbox": self.sink, "phone": self.phone, "folder": Sink(repeatable=False)}
        self.bench.events = [an_event(id=id, start_at=START + timedelta(hours=9)) for id in ("standup", "review")]
        self.ends: dict[str, tuple[str, str]] = {}
        self.doubts = 0

    @rule(minutes=st.sampled_from([1, 4, 12, 31, 95, 400, 1500, 5000]))
    def time_passes(self, minutes: int) -> None:
        self.bench.clock.forward(minutes=minutes)

    def not_in_a_pause(self) -> None:
        assert not paused(self.bench.person, self.bench.clock.now)

    @rule()
    def clock_and_workers_run(self) -> None:
        self._survive(self.bench.work)

    @rule()
    def only_the_clock_runs(self) -> None:
        self.bench.planner.tick(self.bench.clock.now)

    @rule(
        error=st.sampled_from(
            [Unavailable("later"), Unavailable("who knows", arrived=None), Rejected("never"), RuntimeError("bug")]
        ),
        phone=st.booleans(),
    )
    def the_channel_will_fail(self, error: Exception, phone: bool) -> None:
        (self.phone if phone else self.sink).answers.append(error)

    @rule(which=st.integers(0, 1), minutes=st.sampled_from([3, 20, 59, 200, 1500, 6000]))
    def a_meeting_moves(self, which: int, minutes: int) -> None:
        start_at = self.bench.clock.now + timedelta(minutes=minutes)
        self.bench.events[which] = replace(self.bench.events[which], start_at=start_at, end_at=start_at + timedelta(hours=1))

    @rule(begins=st.sampled_from([-100, 0, 5]), hours=st.sampled_from([1, 30]))
    def the_person_pauses(self, begins: int, hours: int) -> None:
        from_at = self.bench.clock.now + timedelta(minutes=begins)
        self.bench.person = replace(self.bench.person, pauses=(Pause(from_at, from_at + timedelta(hours=hours)),))

    @rule()
    def the_phone_is_taken_out_of_the_config_or_put_back(self) -> None:
        if self.bench.channels.pop("phone", None) is None:
            self.bench.channels["phone"] = self.phone

    @rule(death=st.sampled_from([Killed, KilledAfterArrival]), minutes_away=st.sampled_from([1, 3, 40, 300]))
    def a_worker_is_killed_while_sending(self, death: type[Killed], minutes_away: int) -> None:
        self.sink.answers = [death()]
        self.bench.clock.forward(minutes=31)
        self._survive(self.bench.work)
        self.bench.clock.forward(minutes=minutes_away)

    @rule()
    def the_worker_is_killed_while_preparing(self) -> None:
        def die(*_: object) -> None:
            raise Killed

        say, self.bench.job.say = self.bench.job.say, die  # type: ignore[assignment]
        self._survive(self.bench.work)
        self.bench.job.say = say

    @rule(hour=st.integers(0, 23), zone=st.sampled_from(["Europe/Zurich", "America/New_York", "Australia/Lord_Howe"]))
    def the_person_edits_the_config(self, hour: int, zone: str) -> None:
        self.bench.person = replace(self.bench.person, timezone=zone)
        self.bench.activate(replace(MORNING, timing=WallTimes((time(hour, 30),))), *list(self.bench.cadences.values())[1:])

    @precondition(lambda self: self.bench.waiting())
    @rule()
    def the_world_changes_before_delivery(self) -> None:
        keep, self.bench.job.again = self.bench.job.again, Skip("cancelled")
        self._survive(self.bench.work)
        self.bench.job.again = keep

    @invariant()
    def nothing_arrives_twice(self) -> None:
        for sink in (self.sink, self.phone, self.bench.channels["folder"]):
            assert max(Counter(sink.keys).values(), default=0) <= 1

    @invariant()
    def what_ended_stays_ended_with_its_reason(self) -> None:
        for o in self.bench.store.ledger.recent("mara", 5000):
            assert o.outcome is not None
            assert o.outcome == "sent" or o.reason
            now = (o.outcome.value, o.reason)
            assert self.ends.setdefault(o.id, now) == now

    @invariant()
    def each_morning_has_one_row(self) -> None:
        rows = [*self.bench.store.ledger.recent("mara", 5000), *self.bench.store.ledger.open("mara", 5000)]
        assert max(Counter((o.cadence, o.subject, o.slot) for o in rows).values(), default=0) <= 1

    def teardown(self) -> None:
        """Whatever happened: with the faults over and time passing, nothing stays open."""
        if not hasattr(self, "bench"):
            return
        self.sink.answers.clear()
        self.phone.answers.clear()
        for _ in range(40):
            self.bench.clock.forward(minutes=37)
            self._survive(self.bench.work)
        now = self.bench.clock.now
        stuck = [o for o in self.bench.store.ledger.open("mara") if o.due_at < now - timedelta(hours=6)]
        assert stuck == []
        self.bench.store.close()
        shutil.rmtree(self.folder)

    def _survive(self, step: Callable[[], None]) -> None:
        with contextlib.suppress(Killed):
            step()


@pytest.mark.slow
def test_every_occurrence_ends_once_whatever_happens(empty_database: Path) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    class Machine(LedgerMachine):
        empty = empty_database

    run_state_machine_as_test(Machine, settings=settings(max_examples=25, stateful_step_count=25, deadline=None))  # type: ignore[no-untyped-call]
