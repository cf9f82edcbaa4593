"""One occurrence from claim to its end: prepare, store, recheck, deliver. Jobs say what to say; only this commits and sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event as Signal
from threading import Thread as Pulse
from threading import local

from jobs import Job
from service.attention import paused
from service.courier import Courier, Mailboxes
from service.domain.delivery import Draft, Nothing, Replace, Skip
from service.domain.ledger import BeforeEvents, Cadence, Occurrence, Outcome, State
from service.domain.people import Person
from service.domain.schedule import meeting_slots
from service.errors import ExternalError, FenceLost, ReveilleError
from service.logs import logger
from service.ports import Channel, Occasion, Services
from service.store.codec import Codec
from service.store.database import Database
from service.store.deliveries import Deliveries
from service.store.ledger import Ledger

log = logger("runner")
LEASE = timedelta(seconds=90)
READ_FOR = timedelta(seconds=60)
"""How long a run waits for sources before it goes on with what is known."""
MOST_ATTEMPTS = 5
LATE_AFTER = timedelta(minutes=5)
PRIORITIES = ("urgent", "high", "normal", "low")


@dataclass(frozen=True, slots=True)
class Household:
    """All that acts for one person under the current config."""

    person: Person
    cadences: Mapping[str, Cadence]
    channels: Mapping[str, Channel]
    readers: Mapping[str, frozenset[str]]
    """Channels of others who read along → the cadences they get; empty is all."""
    services: Services
    mailboxes: Mailboxes
    """Reads the sources anew."""

    def cadence(self, name: str) -> Cadence | None:
        """With the channels of those who read along with the person: alone, they get nothing."""
        cadence = self.cadences.get(name)
        if cadence is None or not cadence.to:
            return cadence
        along = (reader for reader, only in self.readers.items() if not only or name in only)
        return replace(cadence, to=tuple(dict.fromkeys((*cadence.to, *along))))


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
    _mine: local = field(default_factory=local)
    """What each thread holds: whoever crashes gives back its own claim, never one that somebody else has taken since."""

    def run(self, id: str) -> None:
        """Whatever this occurrence needs now; nothing where somebody else has it or it isn't time. Safe to call at any moment,
        any number of times, from any number of workers.
        """
        occurrence = self.ledger.get(id)
        if occurrence is None or occurrence.state == State.ENDED:
            return
        if occurrence.state in (State.DUE, State.PREPARING):
            claimed = self.ledger.claim(id, self.clock(), self.lease)
            if claimed is None or not self._prepare(claimed):
                return
        self._deliver(id)

    def crashed(self, id: str, error: BaseException) -> None:
        """Called by the worker's thread for an error nobody expected: tried again a few times, then failed in the open."""
        claimed: Occurrence | None = getattr(self._mine, "claimed", None)
        if claimed is None or claimed.id != id:
            return
        said = f"{type(error).__name__}: {error}"
        if self.deliveries.begun(id):
            self._go_on_later(claimed, said)  # what went out is not made anew: it would go out again
        else:
            self._again(claimed, said)

    # --- preparing -----------------------------------------------------------------------------------------------------

    def _prepare(self, claimed: Occurrence) -> bool:
        """Whether it is prepared, and so may be delivered."""
        with self._heartbeat(claimed):
            try:
                return self._prepared(claimed)
            except FenceLost as error:
                log.warning("late write refused", occurrence=claimed.id, error=str(error))
                return False
            except ReveilleError as error:
                self._again(claimed, str(error))
                return False

    def _prepared(self, claimed: Occurrence) -> bool:
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
        household.mailboxes.ensure_fresh(READ_FOR)
        now = self.clock()
        draft = self.jobs[claimed.job].prepare(household.services, household.person, Occasion(cadence, claimed), now)
        if isinstance(draft, Nothing):
            return self._end(claimed, Outcome.SKIPPED, draft.reason)
        if why := _held(claimed, household.person, at, draft.priority):
            return self._end(claimed, Outcome.SKIPPED, why)
        return self._store(claimed, household, draft, now, state=State.PREPARED, lease_until=None, not_before=None)

    def _store(self, claimed: Occurrence, household: Household, draft: Draft, now: datetime, **values: object) -> bool:
        """Facts, notices, deliveries and artefacts in one transaction that checks the fence."""
        channels = {name: household.channels[name] for name in dict.fromkeys(draft.to) if name in household.channels}
        if not channels:
            return self._end(claimed, Outcome.FAILED, "no channel to deliver to: name one under `to` of this cadence")
        files = self.deliveries.write_files(claimed, draft)
        audiences = {name: channel.audience for name, channel in channels.items()}
        interrupting = frozenset(name for name, channel in channels.items() if channel.interrupts)
        kept = self.codec.pack(replace(draft, notices=()))
        with self.database.write() as on:
            self.ledger.hold(on, claimed.id, claimed.fence, prepared_at=now, sealed=kept, **values)
            self.deliveries.store(on, claimed, draft, audiences, interrupting, files, now)
        log.info("prepared", occurrence=claimed.id, cadence=claimed.cadence, slot=claimed.slot, channels=sorted(channels))
        return True

    # --- delivering ----------------------------------------------------------------------------------------------------

    def _deliver(self, id: str) -> None:
        claimed = self.ledger.claim_delivery(id, self.clock(), self.lease)
        if claimed is None:
            return
        household = self.households(claimed.person)
        if household is None:
            self._end(claimed, Outcome.SKIPPED, "its person was taken out of the config")
            return
        with self._heartbeat(claimed):
            try:
                if self._still_holds(claimed, household):
                    self._send(claimed, household)
            except FenceLost as error:
                log.warning("late write refused", occurrence=id, error=str(error))
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
        log.info("moved along", occurrence=claimed.id, due_at=slot.due_at.isoformat())
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
        log.info("prepared anew", occurrence=claimed.id, reason=reason)
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
            self.ledger.release(claimed.id, claimed.fence, state=State.DELIVERING, not_before=end.again_at, reason=end.reason)
            return
        late = self.clock() - claimed.due_at
        said = f"late by {int(late.total_seconds() // 60)} min" if late > LATE_AFTER and end.outcome == Outcome.SENT else ""
        self._end(claimed, end.outcome, "; ".join(filter(None, (said, end.reason))))

    # --- ends ----------------------------------------------------------------------------------------------------------

    def _end(self, claimed: Occurrence, outcome: Outcome, reason: str) -> bool:
        self.ledger.end(claimed.id, claimed.fence, outcome, reason, self.clock())
        log.info("ended", occurrence=claimed.id, cadence=claimed.cadence, slot=claimed.slot, outcome=outcome.value, reason=reason)
        return False

    def _again(self, claimed: Occurrence, error: str) -> None:
        now = self.clock()
        wait = now + self.backoff(claimed.attempts)
        try:
            if claimed.attempts >= MOST_ATTEMPTS or wait >= claimed.useful_until:
                self._end(claimed, Outcome.FAILED, error)
                return
            log.warning("tried again later", occurrence=claimed.id, attempts=claimed.attempts, error=error)
            self.ledger.release(claimed.id, claimed.fence, state=State.DUE, not_before=wait, reason=error)
        except FenceLost:
            log.warning("late write refused", occurrence=claimed.id)

    def _go_on_later(self, claimed: Occurrence, error: str) -> None:
        wait = self.clock() + self.backoff(claimed.attempts)
        try:
            self.ledger.release(claimed.id, claimed.fence, state=State.DELIVERING, not_before=wait, reason=error)
        except FenceLost:
            log.warning("late write refused", occurrence=claimed.id)

    @contextmanager
    def _heartbeat(self, claimed: Occurrence) -> Iterator[None]:
        """Renews the lease while the work goes on. A process that sleeps or hangs stops beating, and loses it."""
        self._mine.claimed = claimed
        done = Signal()

        def beat() -> None:
            while not done.wait(self.lease.total_seconds() / 3):
                try:
                    if not self.ledger.beat(claimed.id, claimed.fence, self.clock() + self.lease):
                        return
                except Exception as error:  # the thread's edge: one beat that fails is made good by the next
                    log.warning("lease not renewed", occurrence=claimed.id, error=str(error))

        pulse = Pulse(target=beat, name=f"lease-{claimed.id[:8]}", daemon=True)
        pulse.start()
        try:
            yield
        finally:
            done.set()
            pulse.join()


def _held(claimed: Occurrence, person: Person, at: datetime, priority: str) -> str:
    """Why a pause keeps it back; who asks by hand is answered, pause or not."""
    return "" if claimed.by_hand else paused(person, at, priority)


def _local(at: datetime, person: Person) -> str:
    return f"{at.astimezone(person.zone):%a %H:%M}"
