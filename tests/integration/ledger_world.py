"""The world around the ledger: channels, a job and workers that fail, die and fall asleep, each written down by a witness."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import RowMapping, delete, select

from service.domain.delivery import Audience, Draft, IdempotencyKey, Keep, Nothing, Notice, Receipt, Recheck, Replace, Skip
from service.domain.ledger import BeforeEvents, Cadence, Every, Timing, WallTimes
from service.domain.people import Pause, Person, Retention
from service.errors import Unavailable
from service.ports import Check, Occasion, Services
from service.store import Store, tables
from service.store.cadences import wake
from service.worker import run_one
from tests.builders import an_event
from tests.household import Bench, Killed, a_draft
from tests.integration.ledger_model import Daily, Interval, Key, Leads, Meeting, Model, Row, Sent, When, Witness
from tests.interruptions import Interruptions

IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Thousands of durable commits are about states here, not about disks."""
RESTORES = find_spec("service.store.restoration") is not None
"""Whether this version can be restored from a backup."""
BUG = "an error nobody expected"
LEASE = timedelta(seconds=90)
LONGEST_BACKOFF = timedelta(minutes=30)
KEPT = timedelta(days=10)
PREPARED_LATELY = timedelta(seconds=20)
"""What was prepared this lately is not looked at again before it goes out."""


@dataclass(frozen=True)
class Mishap:
    """What befalls one send or one preparation. `arrives`: the bytes had gone out by then."""

    what: str  # killed, slept, away, refused, bug, nothing
    error: BaseException | None = None
    arrives: bool = False
    sleep: timedelta = timedelta()

    @property
    def doubtful(self) -> bool:
        return self.what in ("killed", "slept", "bug") or (isinstance(self.error, Unavailable) and self.error.arrived is None)


@dataclass
class Letterbox:
    """A channel. `looks`: it can say whether something arrived."""

    world: World
    name: str
    interrupts: bool = False
    repeatable: bool = False
    looks: bool = False
    audience: Audience = Audience.PERSON
    mishaps: list[Mishap] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def send(self, notice: Notice, key: IdempotencyKey) -> Receipt:
        cadence, subject, slot = notice.subject.split("|")
        label = (cadence, subject, slot)
        mishap = self.mishaps.pop(0) if self.mishaps else None
        self.world.sending(label, self, mishap)
        if mishap is not None:
            self._befalls(mishap, label, key)
        self._arrive(label, key)
        return Receipt("250 ok")

    def _befalls(self, mishap: Mishap, label: Key, key: IdempotencyKey) -> None:
        if mishap.arrives:
            self._arrive(label, key)
        if mishap.sleep:
            self.world.sleep(mishap.sleep)
        if mishap.error is not None:
            raise mishap.error

    def _arrive(self, label: Key, key: IdempotencyKey) -> None:
        self.keys.append(key.value)
        self.world.arrived(label, self)

    def arrived(self, key: IdempotencyKey) -> bool | None:
        return key.value in self.keys if self.looks else None

    def check(self) -> Check:
        return Check(True, "ok")


@dataclass
class Job:
    """Says of each occurrence its name, or what it was told to."""

    world: World
    prepares: list[Mishap] = field(default_factory=list)
    rechecks: list[Recheck | Mishap] = field(default_factory=list)

    def prepare(self, services: Services, person: Person, occasion: Occasion, now: datetime) -> Draft | Nothing:
        row = occasion.occurrence
        label = (row.cadence, row.subject, row.slot)
        if self._no_meeting(row.subject):
            self.world.witness.troubled[label].add("nothing")
            return Nothing("nothing: there is no such meeting")
        if self.prepares:
            mishap = self.prepares.pop(0)
            self.world.witness.troubled[label].add(mishap.what)
            if mishap.sleep:
                self.world.sleep(mishap.sleep)
            if mishap.error is not None:
                raise mishap.error
            if mishap.what == "nothing":
                return Nothing("nothing: a quiet day")
        draft = a_draft(occasion, now)
        return replace(draft, notices=tuple(replace(n, subject="|".join(label)) for n in draft.notices))

    def recheck(self, services: Services, person: Person, draft: Draft, occasion: Occasion, now: datetime) -> Recheck:
        row = occasion.occurrence
        label = (row.cadence, row.subject, row.slot)
        if self._no_meeting(row.subject):
            self.world.witness.troubled[label].add("nothing")
            return Skip("nothing: there is no such meeting any more")
        answer = self.rechecks.pop(0) if self.rechecks else Keep()
        if not isinstance(answer, Mishap):
            if isinstance(answer, Skip):
                self.world.witness.troubled[label].add("nothing")
            return answer
        self.world.witness.troubled[label].add(answer.what)
        if answer.sleep:
            self.world.sleep(answer.sleep)
        if answer.error is not None:
            raise answer.error
        return Replace("the world changed")

    def _no_meeting(self, subject: str) -> bool:
        meeting = self.world.model.meetings.get(subject)
        return bool(subject) and (meeting is None or meeting.cancelled)


@dataclass(frozen=True)
class Backup:
    """With what the model knew when it was made."""

    file: Path
    made_at: datetime
    model: Model
    pruned: dict[str, int]
    too_late: set[Key]
    whens: dict[str, When]
    zone: str


class World:
    """One person's household on a store, any number of clocks and workers, and the model of what ought to come of it."""

    def __init__(self, store: Store, cadences: dict[str, When], start_at: datetime, zone: str) -> None:
        wipe(store)
        store = as_a_new_process(store)
        self.store, self.model, self.witness = store, Model(), Witness()
        self.bench = Bench(store, cadences=())
        self.bench.clock.now = start_at
        self.inbox = Letterbox(self, "inbox", repeatable=True)
        self.phone = Letterbox(self, "phone", interrupts=True)
        self.folder = Letterbox(self, "folder", repeatable=True, looks=True)
        self.bench.channels = {"inbox": self.inbox, "phone": self.phone, "folder": self.folder}
        self.job = Job(self)
        self.bench.job = self.job  # type: ignore[assignment]
        self.bench.mailboxes.then = self._mail_comes_back
        self.mailbox_is_read = True
        self.wrong: list[str] = []
        self.pruned: dict[str, int] = {}
        self.too_late: set[Key] = set()
        self.backup: Backup | None = None
        self._folder: Path | None = None
        self._take_up = False
        self.whens = cadences
        self._running: list[Key] = []
        self._unmarked: list[tuple[Key, str] | None] = []
        self.interruptions = Interruptions(store.database.engine, self._transaction)
        self.configure(cadences, zone)

    @property
    def now(self) -> datetime:
        return self.bench.clock.now

    @property
    def zone(self) -> str:
        return self.bench.person.timezone

    def close(self) -> None:
        self.interruptions.close()
        if self._folder is not None:
            shutil.rmtree(self._folder)

    # --- the person and the world -----------------------------------------------------------------------------------------

    def configure(self, cadences: dict[str, When], zone: str) -> None:
        self._started()
        self.whens = cadences
        self.bench.person = replace(self.bench.person, timezone=zone)
        self.bench.cadences = {name: cadence(name, when) for name, when in cadences.items()}
        self.bench.activate()
        self.model.configure(zone, cadences, self.now)

    def pause(self, begin: datetime, until: datetime) -> None:
        self.bench.person = replace(self.bench.person, pauses=(Pause(begin, until),))
        self.model.pauses.append((begin, until))

    def resume(self) -> None:
        self.bench.person = replace(self.bench.person, pauses=())

    def meet(self, id: str, start_at: datetime, *, cancelled: bool = False) -> None:
        self.model.meetings[id] = Meeting(start_at, cancelled, self.now)
        self.bench.events = [
            an_event(
                id=id,
                start_at=m.start_at,
                end_at=m.start_at + timedelta(hours=1),
                status="cancelled" if m.cancelled else "confirmed",
            )
            for id, m in self.model.meetings.items()
        ]
        with self.store.database.write() as on:  # as the sync does that reads it
            wake(on, self.bench.person.id, self.now)

    def ask(self, name: str) -> None:
        self._started()
        self.bench.clock.forward(seconds=1)  # asked for by hand, an occurrence is named by its moment
        id = self.bench.planner.ask(self.bench.cadences[name], self.now)
        [key] = [key for key, row in self.rows().items() if row.id == id]
        self.model.asked(*key[::2], self.now)

    def take_out_or_put_back_the_phone(self) -> None:
        if self.bench.channels.pop("phone", None) is None:
            self.bench.channels["phone"] = self.phone
        self.witness.channel_gone = True

    def prune(self) -> None:
        before = self.rows()
        keep = Retention(ledger=KEPT, artefacts=timedelta(days=3))
        while self.store.pruner.prune(self.bench.person.id, keep, self.now):
            pass
        gone = [row for key, row in before.items() if key not in self.rows()]
        self.wrong += [f"pruned too early: {row}" for row in gone if row.ended_at is None or row.ended_at > self.now - KEPT]
        kept = self.rows().values()
        self.wrong += [f"not pruned: {row}" for row in kept if row.ended_at is not None and row.ended_at < self.now - KEPT]
        for row in gone:
            self.pruned[row.key[0]] = self.pruned.get(row.key[0], 0) + (0 if row.key[2].startswith("manual:") else row.count)
        self.model.forgotten(gone)
        self.too_late -= {row.key for row in gone}

    def back_up(self) -> None:
        from service.store.backup import Keeper

        self._folder = self._folder or Path(tempfile.mkdtemp(dir=IN_MEMORY))
        file = self._folder / "backup"
        Keeper(self.store.database, self.store.codec, self.store.artefacts, b"test").backup(file, self.now)
        self.backup = Backup(file, self.now, deepcopy(self.model), dict(self.pruned), set(self.too_late), self.whens, self.zone)

    def restore(self) -> None:
        """Into an empty database, for processes that start later: whatever ran before is gone."""
        from service.store.restore import Restorer

        backup = self.backup
        assert backup is not None
        self.bench.clock.forward(seconds=1)  # no two restores have the same moment
        meetings, pauses = self.model.meetings, self.model.pauses
        wipe(self.store)
        secret = backup.file.with_name("secret")
        secret.unlink(missing_ok=True)
        Restorer(self.store.database, self.store.codec, self.store.artefacts, secret).restore(backup.file, self.now)
        self.store = as_a_new_process(self.store)
        self.model, self.pruned, self.too_late = deepcopy(backup.model), dict(backup.pruned), set(backup.too_late)
        self.model.meetings, self.model.pauses = meetings, pauses  # the world goes on
        bench = self.bench
        bench.store, bench.planner = self.store, replace(bench.planner, silent=self.store.restorations.silent)
        bench.person = replace(bench.person, timezone=backup.zone)
        self.whens = backup.whens
        bench.cadences = {name: cadence(name, when) for name, when in backup.whens.items()}
        self._take_up = True
        self.witness.silent_until.append(self.now)

    def _started(self) -> None:
        """What every process does before its first look at the ledger."""
        if self._take_up:
            self.store.restorations.take_up(self.now)
            self.witness.silent_until.append(self.now)
            self._take_up = False

    def _mail_comes_back(self) -> None:
        if self.mailbox_is_read and self.inbox.keys:
            mine = [IdempotencyKey(key).message_id for key in self.inbox.keys]
            self.store.accounts.sight(self.bench.person.id, mine, self.now)

    # --- clocks and workers -------------------------------------------------------------------------------------------------

    def tick(self, lag: timedelta = timedelta()) -> None:
        self._started()
        at = self.now - lag
        armed, done = self.interruptions.armed, False
        try:
            with self.interruptions.working():
                self.bench.planner.tick(at)
            done = True
        finally:
            if done and not lag and armed == self.interruptions.armed:
                self.too_late |= self.model.tick(at)
            else:
                self.model.lagging_tick(at)

    def run(self, id: str) -> None:
        """What a worker does with an id that it was rung for, up to its own edge."""
        self._started()
        self._running.append(next((key for key, row in self.rows().items() if row.id == id), ("", "", "")))
        self._unmarked.append(None)
        try:
            with self.interruptions.working():
                said = run_one(self.bench.runner(), id)
        finally:
            self._running.pop()
            self._unmarked.pop()
        if said and BUG not in said:
            self.wrong.append(f"a worker fell over: {said}")

    def workers_run(self) -> None:
        for id in self.bench.waiting():
            with suppress(Killed):
                self.run(id)

    def everything_runs(self) -> None:
        """A clock and enough workers; where nothing disturbs them, nothing is left lying."""
        calm = not (self.interruptions.armed or self.job.prepares or self.job.rechecks)
        calm = calm and not any(box.mishaps for box in (self.inbox, self.phone, self.folder))
        with suppress(Killed):
            self.tick()
        for _ in range(3):
            self.workers_run()
        if calm:
            rows = list(self.rows().values())
            self.wrong += [f"left lying at {self.now}: {row}" for row in rows if not self._rests(row, rows)]

    def _rests(self, row: Row, rows: list[Row]) -> bool:
        """Ended, not due yet, in a backoff that has an end, or behind a worker that has died, until its lease runs out."""
        at = row.prepare_at if row.state in ("due", "preparing") else row.due_at
        waits = row.not_before is not None and self.now < row.not_before <= max(row.useful_until, self.now + LONGEST_BACKOFF)
        same = [other for other in rows if other.key[:2] == row.key[:2] and other.lease_until is not None]
        leased = any(self.now <= other.lease_until <= self.now + LEASE for other in same if other.lease_until is not None)
        return row.ended or at > self.now or waits or leased

    def rows(self) -> dict[Key, Row]:
        with self.interruptions.working(on=False), self.store.database.read() as on:
            found = [_row(values) for values in on.execute(select(tables.occurrence)).mappings()]
        rows = {row.key: row for row in found}
        self.wrong += ["a slot has two rows"] * (len(rows) < len(found))
        return rows

    def deliveries(self) -> list[Sent]:
        t = tables.delivery.c
        with self.interruptions.working(on=False), self.store.database.read() as on:
            found = on.execute(select(t.occurrence, t.channel, t.state, t.error, t.attempts))
            return [Sent(*values) for values in found]

    # --- what befalls them --------------------------------------------------------------------------------------------------

    def interrupt(self, nth: int, what: str, minutes: int) -> None:
        """The next process that works is stopped before its n-th transaction."""
        self.interruptions.arm(nth, lambda: self._stopped(what, timedelta(minutes=minutes)))

    def _stopped(self, what: str, span: timedelta) -> None:
        for key in self._running:
            self.witness.troubled[key].add(what)
        match what:
            case "killed":
                raise Killed
            case "slept":
                self.sleep(span)
            case "overtaken":
                self._others_work()
            case "edited":
                self.configure(self.whens, "Asia/Kathmandu" if self.zone != "Asia/Kathmandu" else "Europe/Zurich")

    def sleep(self, span: timedelta) -> None:
        """Stopped for so long, while others go on with the work."""
        for key in self._running:
            self.witness.troubled[key].add("slept")
        self.bench.clock.now += span
        self._others_work()

    def _others_work(self) -> None:
        with suppress(Killed):
            self.tick()
        self.workers_run()

    def _transaction(self, interrupted: bool) -> None:
        """What was sent and is about to be marked is in doubt where its worker stops just then."""
        if self._unmarked and (unmarked := self._unmarked[-1]):
            self.witness.doubts[unmarked] += interrupted
            self._unmarked[-1] = None

    # --- what the channels see ------------------------------------------------------------------------------------------------

    def sending(self, key: Key, box: Letterbox, mishap: Mishap | None) -> None:
        if mishap is None:
            return
        self.witness.troubled[key].add(mishap.what)
        if mishap.doubtful:
            self.witness.doubts[key, box.name] += 1
        if mishap.sleep:
            self.witness.raced.add((key, box.name))

    def arrived(self, key: Key, box: Letterbox) -> None:
        way = (key, box.name)
        before = self.witness.arrivals(key)
        self.witness.arrived[way].append(self.now)
        self._unmarked[-1] = way
        sound = box.looks or (box.name == "inbox" and self.mailbox_is_read)
        spare = 0 if not box.repeatable or (sound and way not in self.witness.raced) else self.witness.doubts[way]
        if len(self.witness.arrived[way]) > 1 + spare:
            self.wrong.append(f"{key} arrived twice at {box.name}")
        if way in self.witness.raced:
            return
        by_hand = key[2].startswith("manual:")
        if not by_hand and any(p.from_at <= self.now < p.until_at for p in self.bench.person.pauses):
            self.wrong.append(f"{key} arrived in a pause")
        row = self.rows()[key]
        asleep = "slept" in self.witness.troubled[key]  # after the last look at the time, right before the first byte
        if self.now < row.due_at or (self.now >= row.useful_until and not asleep):
            self.wrong.append(f"{key} arrived at {self.now}, of use from {row.due_at} until {row.useful_until}")
        meeting = self.model.meetings.get(key[1])
        when = self.whens.get(key[0])
        settled = meeting is not None and self.now - meeting.changed_at > PREPARED_LATELY
        if meeting and settled and isinstance(when, Leads) and not before and not self.witness.troubled[key]:
            lead = when.brief if key[2] == "brief" else when.push
            if self.now < min(meeting.start_at - lead, row.due_at):
                self.wrong.append(f"{key} arrived before its meeting's new time asks for it")


def as_a_new_process(store: Store) -> Store:
    """Without what the one before remembered of its database."""
    return replace(store, restorations=type(store.restorations)(store.database)) if RESTORES else store


def cadence(name: str, when: When) -> Cadence:
    """As the config would have it."""
    timing: Timing
    match when:
        case Daily(times, days):
            timing, job, to = WallTimes(times, days), "morning", ("inbox", "phone")
        case Interval(every):
            timing, job, to = Every(every), "triage", ("folder",)
        case Leads(brief, push):
            timing, job, to = BeforeEvents(brief, push), "meeting", ("inbox", "phone")
    return Cadence("mara", name, job, timing, to)


def wipe(store: Store) -> None:
    """Quicker than a new database for every example."""
    with store.database.write() as on:
        for table in reversed(tables.metadata.sorted_tables):
            on.execute(delete(table))


def _row(values: RowMapping) -> Row:
    same = {name: values[name] for name in Row.__annotations__ if name in values}
    return Row(**same | {"key": (values["cadence"], values["subject"], values["slot"]), "outcome": values["outcome"] or ""})
