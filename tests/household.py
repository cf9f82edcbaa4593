"""A household for tests of the ledger: a real store, a scripted job, channels that remember, and a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from service.courier import Courier
from service.domain.delivery import Audience, Draft, IdempotencyKey, Keep, Nothing, Notice, Receipt, Recheck, Rendered
from service.domain.facts import Fact
from service.domain.items import Event
from service.domain.ledger import Cadence, Timing, WallTimes
from service.domain.people import Person
from service.household import Household
from service.planner import Planner
from service.ports import Check, Occasion, Services
from service.runner import Runner
from service.store import Store
from service.store.cadences import wake
from tests.builders import a_person

START = datetime(2026, 5, 11, 22, 0, tzinfo=UTC)
"""Tuesday 12 May 2026, midnight in Zurich."""


@dataclass
class SetClock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


class Killed(BaseException):
    """kill -9: nothing after it runs, nothing is cleaned up."""


class KilledAfterArrival(Killed):
    """After the server's 250, before anybody could mark it."""


@dataclass
class Sink:
    """A channel that counts what arrives by key. `answers` are raised or returned, one an attempt; then all goes well."""

    audience: Audience = Audience.PERSON
    interrupts: bool = False
    repeatable: bool = True
    answers: list[BaseException] = field(default_factory=list)
    knows: bool | None = None
    arrived_: list[tuple[str, Notice]] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def send(self, notice: Notice, key: IdempotencyKey) -> Receipt:
        self.before()
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, KilledAfterArrival):
                self.arrived_.append((key.value, notice))
            raise answer
        self.arrived_.append((key.value, notice))
        return Receipt("250 ok")

    def arrived(self, key: IdempotencyKey) -> bool | None:
        return self.knows

    def check(self) -> Check:
        return Check(True, "ok")

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.arrived_]


@dataclass
class ScriptedJob:
    say: Callable[[Occasion, datetime], Draft | Nothing]
    again: Recheck = field(default_factory=Keep)
    prepared: int = 0

    def prepare(self, services: Services, person: Person, occasion: Occasion, now: datetime) -> Draft | Nothing:
        self.prepared += 1
        return self.say(occasion, now)

    def recheck(self, services: Services, person: Person, draft: Draft, occasion: Occasion, now: datetime) -> Recheck:
        return self.again


class Mailboxes:
    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.read, self.then = 0, then

    def ensure_fresh(
        self, deadline: timedelta, max_age: timedelta = timedelta(seconds=60), heard: timedelta | None = None
    ) -> None:
        self.read += 1
        self.then()


@dataclass
class Diary:
    """The calendar, as far as the runner looks into it."""

    events: Callable[[], list[Event]]

    def event(self, id: str) -> Event | None:
        return next((e for e in self.events() if e.id == id), None)


def a_draft(occasion: Occasion, now: datetime, **fields: Any) -> Draft:
    notice = Notice(
        Audience.PERSON,
        "Tue 12 May",
        "Good morning.",
        "Good morning.",
        files=(Rendered("text", "m.txt", "text/plain", b"Good morning."),),
    )
    fact = Fact(key="reply:t1", version="1", text="Dana asks.", sources=())
    return replace(Draft((notice,), occasion.cadence.to, (fact,), {}, "morning"), **fields)


MORNING = Cadence("mara", "morning", "morning", WallTimes((time(7),)), ("inbox",))


class Bench:
    def __init__(self, store: Store, *, cadences: tuple[Cadence, ...] = (MORNING,), person: Person | None = None) -> None:
        self.store, self.clock = store, SetClock()
        self.person = person or a_person()
        self.channels: dict[str, Any] = {"inbox": Sink()}
        self.readers: dict[str, frozenset[str]] = {}
        self.job = ScriptedJob(a_draft)
        self.mailboxes = Mailboxes()
        self.events: list[Event] = []
        self.cadences: Mapping[str, Cadence] = {c.name: c for c in cadences}
        self.holidays: set[date] = set()
        self.planner = Planner(
            store.database,
            store.ledger,
            store.cadences,
            lambda _person, start, end: [e for e in self.events if e.start_at < end and e.end_at > start],
            lambda _region, day: day in self.holidays,
            store.restorations.silent,
        )
        self.activate()

    def activate(self, *cadences: Cadence) -> None:
        if cadences:
            self.cadences = {c.name: c for c in cadences}
        with self.store.database.write() as on:
            self.planner.activate(on, self.person, self.cadences.values(), self.clock.now)

    def runner(self) -> Runner:
        """As a fresh process would build it: whatever is remembered is in the store."""
        courier = Courier(self.store.database, self.store.deliveries, self.store.accounts, self.clock, self.backoff)
        jobs = {"morning": self.job, "meeting": self.job, "triage": self.job}
        services = Services(items=Diary(lambda: self.events))  # type: ignore[arg-type]
        household = Household(self.person, self.cadences, self.channels, self.readers, services, self.mailboxes)
        return Runner(
            self.store.database,
            self.store.ledger,
            self.store.deliveries,
            self.store.codec,
            courier,
            lambda _: household,
            jobs,
            self.clock,
            self.backoff,
        )

    @staticmethod
    def backoff(attempts: int) -> timedelta:
        return timedelta(seconds=30 * 2 ** (attempts - 1))

    def plan(self) -> list[str]:
        """A clock's tick, after a sync that may have changed the calendar. Returns whom it rang for."""
        with self.store.database.write() as on:
            wake(on, self.person.id, self.clock.now)
        return [ring.id for ring in self.planner.tick(self.clock.now)]

    def waiting(self) -> list[str]:
        """What a worker could take up now."""
        return [ring.id for ring in self.store.ledger.waiting(self.clock.now)]

    def tick(self) -> None:
        """What a clock and a worker do at one moment."""
        self.plan()
        for id in self.waiting():
            self.runner().run(id)

    def work(self) -> None:
        """The same with the worker's edge, where errors that nobody expected end."""
        self.plan()
        for id in self.waiting():
            runner = self.runner()
            try:
                runner.run(id)
            except AssertionError:
                raise
            except Exception as error:
                runner.crashed(id, error)

    def run_until(self, hours: float, step: timedelta = timedelta(minutes=1)) -> None:
        end = self.clock.now + timedelta(hours=hours)
        while self.clock.now < end:
            self.clock.now += step
            self.tick()

    def ended(self) -> list[tuple[str, str, str]]:
        return [
            (o.slot, o.outcome.value if o.outcome else "", o.reason)
            for o in reversed(self.store.ledger.recent(self.person.id, 1000))
        ]

    def open(self) -> list[str]:
        return [o.slot for o in self.store.ledger.open(self.person.id)]


def timed(timing: Timing, **fields: Any) -> Cadence:
    return replace(MORNING, timing=timing, **fields)
