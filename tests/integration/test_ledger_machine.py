"""A state machine drives clocks, workers, faults, edits and time; after every step the ledger is held against a simple model."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from service.domain.delivery import Replace, Skip
from service.errors import AccessLost, NotAllowed, Rejected, Unavailable
from service.store import EVERYBODY, Store, acting_as, open_store
from tests.household import Killed, KilledAfterArrival
from tests.integration.ledger_model import Daily, Interval, Key, Leads, Row, Sent, When, changes, misjudged, unjustified
from tests.integration.ledger_world import BUG, IN_MEMORY, RESTORES, Mishap, World

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
"""Thousands of examples instead of a few seconds' worth."""

ZONES = [
    "Europe/Zurich",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of summer
    "America/Santiago",  # changes at midnight
    "Asia/Kathmandu",
    "Pacific/Chatham",
]
STARTS = [  # a few days before the clocks change in one zone or the other
    datetime(2026, 3, 6, 12, 20, tzinfo=UTC),
    datetime(2026, 3, 27, 21, 0, tzinfo=UTC),
    datetime(2026, 4, 3, 9, 7, 11, tzinfo=UTC),
    datetime(2026, 9, 4, 3, 0, tzinfo=UTC),
    datetime(2026, 10, 2, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 10, 23, 22, 0, tzinfo=UTC),
    datetime(2026, 10, 31, 5, 45, tzinfo=UTC),
]
TIMES = [
    time(0),
    time(0, 15),
    time(1, 30),
    time(2),
    time(2, 15),
    time(2, 30),
    time(3),
    time(7),
    time(7, 45),
    time(12),
    time(23, 45),
]
WEEKDAYS, EVERY_DAY = frozenset(range(5)), frozenset(range(7))
dailies = st.builds(
    Daily,
    st.lists(st.sampled_from(TIMES), min_size=1, max_size=3, unique=True).map(tuple),
    st.sampled_from([EVERY_DAY, WEEKDAYS]),
)
seconds = st.sampled_from([1, 19, 45, 100, 660, 2800, 4 * 3600, 11 * 3600, 23 * 3600, 60 * 3600, 9 * 86400])
MEETINGS = Leads(timedelta(hours=4), timedelta(minutes=15))

SENDS = [
    Mishap("killed", Killed()),
    Mishap("killed", KilledAfterArrival(), arrives=True),
    Mishap("slept", sleep=timedelta(minutes=4)),
    Mishap("slept", sleep=timedelta(minutes=4), arrives=False),
    Mishap("away", Unavailable("421 later")),
    Mishap("away", Unavailable("429 later", retry_after=timedelta(minutes=50))),
    Mishap("away", Unavailable("429 next week", retry_after=timedelta(days=7))),
    Mishap("cut", Unavailable("cut off before it arrived", arrived=None)),
    Mishap("cut", Unavailable("cut off after it arrived", arrived=None), arrives=True),
    Mishap("refused", Rejected("550 no such user")),
    Mishap("refused", AccessLost("535 bad password")),
    Mishap("bug", RuntimeError(BUG)),
]
PREPARES = [
    Mishap("killed", Killed()),
    Mishap("slept", sleep=timedelta(minutes=4)),
    Mishap("slept", sleep=timedelta(hours=5)),
    Mishap("away", Unavailable("the model is away")),
    Mishap("refused", NotAllowed("no tool here")),
    Mishap("bug", RuntimeError(BUG)),
    Mishap("nothing"),
]
RECHECKS = [
    Skip("nothing: it was answered"),
    Replace("the world changed"),
    Mishap("killed", Killed()),
    Mishap("slept", sleep=timedelta(minutes=4)),
    Mishap("away", Unavailable("the source is away")),
]


class LedgerMachine(RuleBasedStateMachine):
    store: Store

    @initialize(start_at=st.sampled_from(STARTS), zone=st.sampled_from(ZONES), morning=dailies)
    def open(self, start_at: datetime, zone: str, morning: Daily) -> None:
        whens: dict[str, When] = {"morning": morning, "triage": Interval(timedelta(minutes=30)), "meetings": MEETINGS}
        self.world = World(self.store, whens, start_at, zone)
        self.world.meet("standup", start_at + timedelta(hours=9))
        self.seen: dict[Key, Row] = {}
        self.sent: dict[tuple[str, str], Sent] = {}

    # --- time, clocks, workers ----------------------------------------------------------------------------------------------

    @rule(seconds=seconds)
    def time_passes(self, seconds: int) -> None:
        self.world.bench.clock.forward(seconds=seconds)

    @rule(seconds=seconds)
    def time_passes_and_everything_runs(self, seconds: int) -> None:
        self.world.bench.clock.forward(seconds=seconds)
        self.world.everything_runs()

    @rule(minutes=st.sampled_from([-40, -5, 0, 10]))
    def the_clocks_are_about_to_change(self, minutes: int) -> None:
        if at := changes(self.world.zone, self.world.now + timedelta(hours=1), timedelta(days=6)):
            self.world.bench.clock.now = max(at + timedelta(minutes=minutes), self.world.now)

    @rule()
    def everything_runs(self) -> None:
        self.world.everything_runs()

    @rule()
    def a_clock_ticks(self) -> None:
        with suppress(Killed):
            self.world.tick()

    @rule(lag=st.sampled_from([2, 90, 700]))
    def a_clock_that_lags_ticks(self, lag: int) -> None:
        with suppress(Killed):
            self.world.tick(timedelta(seconds=lag))

    @rule(data=st.data())
    def a_worker_is_rung_for_any_id(self, data: st.DataObject) -> None:
        ids = sorted(row.id for row in self.world.rows().values()) or ["nobody"]
        for id in data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=4)):
            with suppress(Killed):
                self.world.run(id)

    # --- faults ---------------------------------------------------------------------------------------------------------------

    @rule(
        nth=st.integers(1, 16),
        what=st.sampled_from(["killed", "slept", "overtaken", "edited"]),
        minutes=st.sampled_from([1, 3, 250]),
    )
    def somebody_will_be_interrupted(self, nth: int, what: str, minutes: int) -> None:
        self.world.interrupt(nth, what, minutes)

    @rule(box=st.sampled_from(["inbox", "phone", "folder"]), mishaps=st.lists(st.sampled_from(SENDS), min_size=1, max_size=3))
    def sends_will_go_wrong(self, box: str, mishaps: list[Mishap]) -> None:
        getattr(self.world, box).mishaps += mishaps

    @rule(mishap=st.sampled_from(PREPARES))
    def a_preparation_will_go_wrong(self, mishap: Mishap) -> None:
        self.world.job.prepares.append(mishap)

    @rule(answer=st.sampled_from(RECHECKS))
    def a_second_look_will_find_something(self, answer: Replace | Skip | Mishap) -> None:
        self.world.job.rechecks.append(answer)

    @rule()
    def the_mailbox_is_read_or_no_longer(self) -> None:
        self.world.mailbox_is_read = not self.world.mailbox_is_read

    @rule()
    def faults_are_over(self) -> None:
        self._calm()

    # --- the person ------------------------------------------------------------------------------------------------------------

    @rule(morning=dailies)
    def the_person_edits_the_times(self, morning: Daily) -> None:
        self.world.configure(self.world.whens | {"morning": morning}, self.world.zone)

    @rule(zone=st.sampled_from(ZONES))
    def the_person_edits_the_zone(self, zone: str) -> None:
        self.world.configure(self.world.whens, zone)

    @rule(minutes=st.sampled_from([15, 30, 45, 120]))
    def the_person_edits_the_interval(self, minutes: int) -> None:
        self.world.configure(self.world.whens | {"triage": Interval(timedelta(minutes=minutes))}, self.world.zone)

    @rule(name=st.sampled_from(["morning", "triage", "meetings", "evening"]))
    def a_cadence_is_taken_out_or_put_in(self, name: str) -> None:
        whens = dict(self.world.whens)
        if whens.pop(name, None) is None:
            fresh: dict[str, When] = {"triage": Interval(timedelta(minutes=30)), "meetings": MEETINGS}
            whens[name] = fresh.get(name, Daily((time(7), time(18, 30))))
        self.world.configure(whens, self.world.zone)

    @rule()
    def the_same_config_is_activated_again(self) -> None:
        self.world.configure(self.world.whens, self.world.zone)

    @rule(begins=st.sampled_from([-100, 0, 5, 300]), hours=st.sampled_from([1, 30, 100]))
    def the_person_pauses(self, begins: int, hours: int) -> None:
        begin = self.world.now + timedelta(minutes=begins)
        self.world.pause(begin, begin + timedelta(hours=hours))

    @rule()
    def the_pause_is_over(self) -> None:
        self.world.resume()

    @precondition(lambda self: self.world.whens)
    @rule(data=st.data())
    def the_person_asks_by_hand(self, data: st.DataObject) -> None:
        names = sorted(name for name, when in self.world.whens.items() if not isinstance(when, Leads))
        if names:
            self.world.ask(data.draw(st.sampled_from(names)))

    @rule()
    def the_phone_is_taken_out_or_put_back(self) -> None:
        self.world.take_out_or_put_back_the_phone()

    @rule(
        id=st.sampled_from(["standup", "review"]),
        minutes=st.sampled_from([3, 16, 59, 255, 400, 1500, 6000]),
        cancelled=st.booleans(),
    )
    def a_meeting_appears_or_moves_or_is_cancelled(self, id: str, minutes: int, *, cancelled: bool) -> None:
        self.world.meet(id, self.world.now + timedelta(minutes=minutes), cancelled=cancelled)

    @rule()
    def old_rows_age_out(self) -> None:
        self.world.prune()

    @precondition(lambda _: RESTORES and LONG)
    @rule()
    def a_backup_is_made(self) -> None:
        self.world.back_up()

    @precondition(lambda self: self.world.backup is not None)
    @rule()
    def the_backup_is_restored(self) -> None:
        self.world.restore()
        self.seen, self.sent = {}, {}

    # --- what must hold ---------------------------------------------------------------------------------------------------------

    @invariant()
    def the_ledger_is_as_it_should_be(self) -> None:
        world, rows = self.world, self.world.rows()
        wrong = world.wrong + world.model.wrong(rows, world.pruned)
        for key, row in rows.items():
            before = self.seen.get(key)
            if row.ended and (before is None or not before.ended):
                why = unjustified(row, rows, world.model, world.witness)
                wrong += [f"{key} ended as {row.outcome} ({row.reason}), but {why}"] if why else []
            if before is not None and before.ended and row != before:
                wrong.append(f"what had ended changed: {before} to {row}")
            if before is not None and before.id == row.id and row.fence < before.fence:
                wrong.append(f"a fence went back: {before} to {row}")
        ended = {row.id: row for row in rows.values() if row.ended}
        sent = {(s.occurrence, s.channel): s for s in world.deliveries() if s.occurrence in ended}
        for way, one in sent.items():
            if way not in self.sent and (why := misjudged(ended[way[0]], one, world.witness)):
                wrong.append(f"{one} of {ended[way[0]]}, but {why}")
            if self.sent.get(way, one) != one:
                wrong.append(f"a delivery of what had ended changed: {self.sent[way]} to {one}")
        for key in world.too_late:
            row = rows[key]
            if row.outcome != "skipped" or not row.reason.startswith(("superseded", "expired", "restored")):
                wrong.append(f"{key} was caught up on, and not ended: {row}")
        for key in self.seen.keys() - rows.keys():
            gone = self.seen[key]
            absorbed = gone.state == "due" and gone.attempts == 0 and gone.key[0] == "triage"
            if not absorbed and key not in world.model.may:
                wrong.append(f"gone: {gone}")
        self.seen, self.sent = rows, sent
        assert not wrong, "\n".join(wrong)

    def teardown(self) -> None:
        """Whatever happened: with the faults over and time passing, everything that is due ends."""
        if not hasattr(self, "world"):
            return
        try:
            self._calm()
            for minutes in (0, 2, 31, 31, 31, 60, 240, 240, 1):
                self.world.bench.clock.forward(minutes=minutes)
                self.world.everything_runs()
                self.the_ledger_is_as_it_should_be()
            now = self.world.now
            stuck = [row for row in self.world.rows().values() if not row.ended and row.useful_until < now - timedelta(hours=1)]
            assert stuck == []
        finally:
            self.world.close()

    def _calm(self) -> None:
        self.world.interruptions.disarm()
        self.world.job.prepares.clear()
        self.world.job.rechecks.clear()
        for box in (self.world.inbox, self.world.phone, self.world.folder):
            box.mishaps.clear()


@pytest.fixture
def ledger_store(new_database: Callable[[Path], str]) -> Iterator[Store]:
    folder = Path(tempfile.mkdtemp(dir=IN_MEMORY))
    with acting_as(EVERYBODY):
        store = open_store(new_database(folder), folder / "artefacts", secret=b"test")
        yield store
    store.close()
    shutil.rmtree(folder)


@pytest.mark.slow
def test_the_ledger_is_as_the_model_says_whatever_happens(ledger_store: Store) -> None:
    class Machine(LedgerMachine):
        store = ledger_store

    quick = 40 if ledger_store.database.is_sqlite else 15  # a transaction is a round trip there
    examples = settings().max_examples if LONG else quick
    run_state_machine_as_test(Machine, settings=settings(max_examples=examples, stateful_step_count=40, deadline=None))  # type: ignore[no-untyped-call]
