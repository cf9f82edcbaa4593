"""One occurrence from claim to its end: prepare, store, recheck, deliver. Jobs say what to say; only this commits and sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import local

from jobs import Job
from service import metrics
from service.attention import paused
from service.courier import Courier
from service.domain.delivery import Draft, Nothing, Replace, Skip
from service.domain.ledger import CANARY, RAN, BeforeEvents, Cadence, Every, Occurrence, Outcome, State
from service.domain.people import Person
from service.domain.schedule import meeting_slots
from service.ends import Ends, ended
from service.errors import ExternalError, FenceLost, ReveilleError
from service.household import Household
from service.leases import Leases, Owed
from service.logs import about, logger
from service.ports import Occasion
from service.store.codec import Codec
from service.store.database import EVERYBODY, Database, acting_as
from service.store.deliveries import Deliveries
from service.store.ledger import Ledger

log = logger("runner")
LEASE = timedelta(seconds=90)
HEARD = timedelta(minutes=15)
"""How long ago an account may have been read whose doorbell listens, where a cadence only looks whether something came."""
READ_FOR = timedelta(seconds=60)
"""How long a run waits for sources before it goes on with what is known."""
MOST_ATTEMPTS = 5
MOST_DEATHS = 3
TOGETHER = 16
"""How many runs are claimed in one transaction."""
PATIENCE = timedelta(seconds=1)
"""How long those wait for each other that were claimed together."""
LATE_AFTER = timedelta(minutes=5)
PRIORITIES = ("urgent", "high", "normal", "low")


@dataclass(slots=True)
class Runner:
    database: Database
    ledger: Ledger
    deliveries: Deliveries
    codec: Codec
    courier: Courier
    households: Callable[[str], Household | None]
    jobs: Mapping[str, Job]
    clock: Callable[[], datetime]
    backoff: Callable[[int], timedelta]
    """Attempts so far → how long to wait, with jitter."""
    lease: timedelta = LEASE
    leases: Leases = field(init=False)
    owed: Owed = field(init=False)
    _mine: local = field(default_factory=local)
    """What each thread holds: whoever crashes gives back its own claim, never one that somebody else has taken since."""
    _handed_back: bool = False

    def __post_init__(self) -> None:
        self.leases = Leases(self._beat, self.clock, self.lease)
        self.owed = Owed(self._let_go)

    def _beat(self, held: Mapping[str, int], until: datetime) -> Sequence[str]:
        """In a thread of its own, which acts as nobody until it says so."""
        with acting_as(EVERYBODY):
            return self.ledger.beat(held, until)

    def _let_go(self, held: Mapping[str, int]) -> None:
        with acting_as(EVERYBODY):
            self.ledger.let_go(held, self.clock())

    def run(self, id: str) -> None:
        """Whatever this occurrence needs now; nothing where somebody else has it or it isn't time. Safe to call at any moment,
        any number of times, from any number of workers.
        """
        with acting_as(EVERYBODY):
            occurrence = self.ledger.get(id)
            if occurrence is None or occurrence.state == State.ENDED:
                return
            if occurrence.state in (State.DUE, State.PREPARING):
                claimed = self.ledger.claim(id, self.clock(), self.lease)
                if claimed is None or not self._prepare(claimed):
                    return
            self._deliver(id)

    def run_fresh(self, ids: Sequence[str], stopped: Callable[[], bool] = lambda: False) -> Sequence[str]:
        """Prepares many: claimed together, and what comes to nothing ends together. Returns those that it did not come to, because
        the ones before took long: somebody else may be quicker. Those that a worker has died of are left to `run`.
        """
        with acting_as(EVERYBODY):
            for start in range(0, len(ids), TOGETHER):
                left = self._together(ids[start : start + TOGETHER], stopped)
                if left or stopped():
                    return [*left, *ids[start + TOGETHER :]]
        return ()

    def _together(self, ids: Sequence[str], stopped: Callable[[], bool]) -> Sequence[str]:
        begun, ends = self.clock(), Ends(self.ledger, self.clock)
        claimed = list(self.ledger.claim_fresh(ids, begun, self.lease))
        with self.leases.holding(*claimed):
            self._mine.ends = ends
            try:
                while claimed and not stopped() and self.clock() - begun < PATIENCE:
                    self._run_claimed(claimed.pop(0))
            finally:
                self._mine.ends = None
                with self._owing(*claimed, *ends.claimed):
                    ends.write()
        with self._owing(*claimed):
            return self.ledger.hand_back({o.id: o.fence for o in claimed}, self.clock()) if claimed else ()

    def _run_claimed(self, claimed: Occurrence) -> None:
        """One of many: what goes wrong with it is its own affair."""
        try:
            if self._prepare(claimed):
                self._deliver(claimed.id)
        except ReveilleError as error:
            log.warning("left for later", occurrence=claimed.id, error=str(error))
        except Exception as error:
            log.exception("unexpected", occurrence=claimed.id)
            with suppress(ReveilleError):  # the database may be what failed; the lease runs out, and the sweep rings
                self.crashed(claimed.id, error)

    def hand_back(self) -> int:
        """For a worker that has to go: what it has claimed and not prepared is free at once. Returns how many."""
        self._handed_back = True
        with acting_as(EVERYBODY):
            return len(self.ledger.hand_back(self.leases.held(), self.clock()))

    def crashed(self, id: str, error: BaseException) -> None:
        """Called by the worker's thread for an error nobody expected: tried again a few times, then failed in the open."""
        claimed: Occurrence | None = getattr(self._mine, "claimed", None)
        if claimed is None or claimed.id != id:
            return
        said = f"{type(error).__name__}: {error}"
        with acting_as(claimed.person):
            if self.deliveries.begun(id):
                self._go_on_later(claimed, said)  # what went out is not made anew: it would go out again
            else:
                self._again(claimed, said)

    # --- preparing -----------------------------------------------------------------------------------------------------

    def _prepare(self, claimed: Occurrence) -> bool:
        """Whether it is prepared, and so may be delivered."""
        if claimed.attempts == 1:
            waited = self.clock() - claimed.prepare_at
            metrics.DUE_TO_START.labels(claimed.job).observe(max(0.0, waited.total_seconds()))
        with self._working_on(claimed):
            try:
                return self._prepared(claimed)
            except FenceLost as error:
                self._lost(claimed, str(error))
                return False
            except ReveilleError as error:
                self._again(claimed, str(error))
                return False

    def _prepared(self, claimed: Occurrence) -> bool:
        if claimed.deaths >= MOST_DEATHS:
            return self._end(claimed, Outcome.FAILED, _quarantined(claimed))
        if claimed.job == CANARY:
            in_time = self.clock() < claimed.useful_until
            return self._end(claimed, Outcome.SKIPPED, RAN if in_time else "nobody ran it in time")
        household = self.households(claimed.person)
        cadence = household.cadence(claimed.cadence) if household else None
        if household is None or cadence is None:
            return self._end(claimed, Outcome.SKIPPED, "its cadence was taken out of the config")
        followed = self._follow(claimed, household, cadence)
        if followed is None or self._expired(followed, household):
            return False
        claimed, now = followed, self.clock()
        at = max(claimed.due_at, now)
        if all(_held(claimed, household.person, at, priority) for priority in PRIORITIES):
            return self._end(claimed, Outcome.SKIPPED, paused(household.person, at))
        # A look for what is new trusts a doorbell that listens; a briefing wants all that was written since, in every folder.
        heard = HEARD if isinstance(cadence.timing, Every) else None
        household.mailboxes.ensure_fresh(READ_FOR, heard=heard)
        household.act()
        now = self.clock()
        draft = self.jobs[claimed.job].prepare(household.services, household.person, Occasion(cadence, claimed), now)
        if isinstance(draft, Nothing):
            return self._end(claimed, Outcome.SKIPPED, draft.reason)
        if why := _held(claimed, household.person, at, draft.priority):
            return self._end(claimed, Outcome.SKIPPED, why)
        prepared = {"state": State.PREPARED, "lease_until": None, "not_before": None, "wake_at": claimed.due_at}
        return self._store(claimed, household, draft, now, **prepared)

    def _store(self, claimed: Occurrence, household: Household, draft: Draft, now: datetime, **values: object) -> bool:
        """Facts, notices, deliveries and artefacts in one transaction that checks the fence."""
        channels = {name: household.channels[name] for name in dict.fromkeys(draft.to) if name in household.channels}
        if not channels:
            return self._end(claimed, Outcome.FAILED, "no channel to deliver to: name one under `to` of this cadence")
        files = self.deliveries.write_files(claimed, draft)
        audiences = {name: channel.audience for name, channel in channels.items()}
        interrupting = frozenset(name for name, channel in channels.items() if channel.interrupts)
        kept = self.codec.pack(replace(draft, notices=()))
        try:
            with self.database.write() as on:
                self.ledger.hold(on, claimed.id, claimed.fence, prepared_at=now, sealed=kept, **values)
                self.deliveries.store(on, claimed, draft, audiences, interrupting, files, now)
        except FenceLost:
            row = self.ledger.get(claimed.id)
            if row is None or row.state == State.ENDED:  # nobody else makes them: its person may have been erased meanwhile
                self.deliveries.discard(files)
            raise
        log.info("prepared", cadence=claimed.cadence, slot=claimed.slot, channels=sorted(channels))
        return True

    # --- delivering ----------------------------------------------------------------------------------------------------

    def _deliver(self, id: str) -> None:
        with acting_as(EVERYBODY):
            claimed = self.ledger.claim_delivery(id, self.clock(), self.lease)
        if claimed is None:
            return
        with self._working_on(claimed):
            try:
                if claimed.deaths >= MOST_DEATHS:
                    outcome = self.deliveries.give_up(claimed.id, "it was given up")
                    self._end(claimed, outcome, _quarantined(claimed))
                    return
                household = self.households(claimed.person)
                if household is None:
                    self._end(claimed, Outcome.SKIPPED, "its person was taken out of the config")
                elif self._still_holds(claimed, household):
                    self._send(claimed, household)
            except FenceLost as error:
                self._lost(claimed, str(error))
            except ExternalError as error:
                self._go_on_later(claimed, str(error))

    def _still_holds(self, claimed: Occurrence, household: Household) -> bool:
        """Looks at the sources once more for as long as nothing has gone out, so that what waited for a channel to come back says
        how late it is; never after that, for what was said can't be unsaid.
        """
        tried = any(d.attempts for d in self.deliveries.of(claimed.id))
        if self.deliveries.begun(claimed.id) or (tried and self.clock() >= claimed.useful_until):
            return True
        cadence = household.cadence(claimed.cadence)
        if cadence is None:
            return self._end(claimed, Outcome.SKIPPED, "its cadence was taken out of the config")
        prepared_lately = claimed.prepared_at is not None and self.clock() - claimed.prepared_at < timedelta(seconds=20)
        followed = claimed if prepared_lately else self._follow(claimed, household, cadence)
        if followed is None or self._expired(followed, household):
            return False
        if prepared_lately:
            return True
        claimed = followed
        household.mailboxes.ensure_fresh(READ_FOR)
        draft = self._draft(claimed)
        verdict = self.jobs[claimed.job].recheck(
            household.services, household.person, draft, Occasion(cadence, claimed), self.clock()
        )
        match verdict:
            case Skip(reason):
                return self._end(claimed, Outcome.SKIPPED, reason)
            case Replace(reason):
                return self._replace(claimed, household, cadence, reason)
            case _:
                return True

    def _follow(self, claimed: Occurrence, household: Household, cadence: Cadence) -> Occurrence | None:
        """Where the meeting it speaks of has moved, the row moves along. None: it is let go of until its new time."""
        if not isinstance(cadence.timing, BeforeEvents):
            return claimed
        household.mailboxes.ensure_fresh(READ_FOR)
        event, now = household.services.items.event(claimed.subject), self.clock()
        if event is None or event.status == "cancelled" or event.start_at <= now:
            return claimed
        slots = {slot.name: slot for slot in meeting_slots(cadence.timing, event.id, event.start_at)}
        slot = slots.get(claimed.slot)
        if slot is None or slot.useful_until == claimed.useful_until:
            return claimed
        # Called for an earlier time, it can't be said earlier than it is known: that is not late.
        slot = replace(slot, due_at=max(slot.due_at, min(claimed.due_at, now)))
        wait = now < (slot.prepare_at if claimed.state == State.PREPARING else slot.due_at)
        self.ledger.follow(claimed.id, claimed.fence, slot, wait=wait)
        log.info("moved along", due_at=slot.due_at.isoformat())
        moved = replace(claimed, due_at=slot.due_at, prepare_at=slot.prepare_at, useful_until=slot.useful_until)
        return None if wait else moved

    def _expired(self, claimed: Occurrence, household: Household) -> bool:
        if self.clock() < claimed.useful_until:
            return False
        self._end(claimed, Outcome.SKIPPED, f"expired: of no use after {_local(claimed.useful_until, household.person)}")
        return True

    def _draft(self, claimed: Occurrence) -> Draft:
        sealed = self.ledger.sealed(claimed.id)
        assert sealed is not None, "a prepared row holds its draft"
        return self.codec.unpack(sealed, Draft)

    def _replace(self, claimed: Occurrence, household: Household, cadence: Cadence, reason: str) -> bool:
        log.info("prepared anew", reason=reason)
        now = self.clock()
        draft = self.jobs[claimed.job].prepare(household.services, household.person, Occasion(cadence, claimed), now)
        if isinstance(draft, Nothing):
            return self._end(claimed, Outcome.SKIPPED, draft.reason)
        return self._store(claimed, household, draft, now)

    def _send(self, claimed: Occurrence, household: Household) -> None:
        end = self.courier.deliver(
            claimed, household.person, household.channels, household.mailboxes, frozenset(household.readers)
        )
        if end.outcome is None:
            again_at = end.again_at or self.clock() + self.lease
            self.ledger.release(claimed.id, claimed.fence, state=State.DELIVERING, not_before=again_at, reason=end.reason)
            return
        late = self.clock() - claimed.due_at
        said = f"late by {int(late.total_seconds() // 60)} min" if late > LATE_AFTER and end.outcome == Outcome.SENT else ""
        self._end(claimed, end.outcome, "; ".join(filter(None, (said, end.reason))))

    # --- ends ----------------------------------------------------------------------------------------------------------

    def _end(self, claimed: Occurrence, outcome: Outcome, reason: str) -> bool:
        ends: Ends | None = getattr(self._mine, "ends", None)
        if ends is not None and claimed.state == State.PREPARING:
            ends.add(claimed, outcome, reason)
        else:
            self.ledger.end(claimed.id, claimed.fence, outcome, reason, self.clock())
            ended(claimed, outcome, reason)
        return False

    def _again(self, claimed: Occurrence, error: str) -> None:
        now = self.clock()
        wait = now + self.backoff(claimed.attempts)
        try:
            if claimed.attempts >= MOST_ATTEMPTS or wait >= claimed.useful_until:
                self._end(claimed, Outcome.FAILED, error)
                return
            log.warning("tried again later", attempts=claimed.attempts, error=error)
            self.ledger.release(claimed.id, claimed.fence, state=State.DUE, not_before=wait, reason=error)
        except FenceLost as lost:
            self._lost(claimed, str(lost))

    def _go_on_later(self, claimed: Occurrence, error: str) -> None:
        wait = self.clock() + self.backoff(claimed.attempts)
        try:
            self.ledger.release(claimed.id, claimed.fence, state=State.DELIVERING, not_before=wait, reason=error)
        except FenceLost as lost:
            self._lost(claimed, str(lost))

    def _lost(self, claimed: Occurrence, error: str) -> None:
        log.warning("late write refused", error=error)
        self.leases.lost(claimed.id, claimed.fence)
        if not self._handed_back:  # that was not counted
            with suppress(ReveilleError):  # counted as a death it is tried alone, and after the third time by hand
                self.ledger.survived(claimed.id, claimed.fence)

    @contextmanager
    def _working_on(self, claimed: Occurrence) -> Iterator[None]:
        """Everything in here is done for its person, under its lease, and every line of the log names it."""
        self._mine.claimed = claimed
        on_it, timed = about(occurrence=claimed.id, job=claimed.job), metrics.RUN.labels(claimed.job).time()
        with acting_as(claimed.person), on_it, self.leases.holding(claimed), timed, self._owing(claimed):
            yield

    @contextmanager
    def _owing(self, *claimed: Occurrence) -> Iterator[None]:
        """What is raised in here left them claimed, and this process lives."""
        try:
            yield
        except Exception:
            self.owed.add(*claimed)
            raise


def _quarantined(claimed: Occurrence) -> str:
    return f"quarantined: {claimed.deaths} workers ended while they held it; `reveille retry {claimed.id}` tries it again"


def _held(claimed: Occurrence, person: Person, at: datetime, priority: str) -> str:
    """Why a pause keeps it back; who asks by hand is answered, pause or not."""
    return "" if claimed.by_hand else paused(person, at, priority)


def _local(at: datetime, person: Person) -> str:
    return f"{at.astimezone(person.zone):%a %H:%M}"
