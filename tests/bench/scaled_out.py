"""The scaled-out topology for figures: PostgreSQL that writes to its disk, a queue, and `reveille clock` and `reveille worker` as an
operator starts them. Its people are those of `rush`, each read a moment ago, and it is always about seven where they live.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from sqlalchemy import func, select, update

from service.domain.ledger import Cadence, WallTimes
from service.settings import load
from service.store import EVERYBODY, Store, acting_as, open_store, tables
from service.store.cadences import Planned
from tests.bench import rush, sink
from tests.e2e.chaos.member import Member
from tests.e2e.driver import Reveille
from tests.services import Postgres, Rabbit, Redis

READY, APPLIED, DONE = 120.0, 1800.0, 1800.0  # seconds
JOBS = {"morning": "morning", "triage": "triage"}


@dataclass
class ScaledOut:
    folder: Path
    store: Store
    postgres: Postgres
    queue: Redis | Rabbit
    reveille: Reveille
    addresses: Mapping[str, str]
    """Person → where their briefing is mailed to."""
    notes: Path
    members: list[Member] = field(default_factory=list)

    @property
    def people(self) -> Sequence[str]:
        return list(self.addresses)

    def start(self, role: str, *words: str, name: str = "") -> Member:
        member = Member(name or role, role, (role, *words), self.folder, self.reveille.environment({}))
        self.members.append(member)
        member.start()
        return member

    def until_ready(self) -> None:
        """A clock talks to the queue only once it has something to ring for."""
        for member in self.members:
            needed = [self.postgres.port] + [self.queue.port] * (member.role == "worker")
            wait_for(lambda member=member, needed=needed: member.is_ready(needed), READY, member.said[-2000:])
        time.sleep(2)  # connected, and up to its first tick

    def settle(self, read_at: datetime) -> None:
        """Sources count as read at `read_at`, so that no source is read for a figure that is not about sources."""
        with acting_as(EVERYBODY), self.store.database.write() as on:
            on.execute(update(tables.account).values(read_at=read_at))

    def plan(self, name: str, due: Iterable[tuple[str, datetime]], lead: timedelta = timedelta()) -> None:
        """From now on these persons' cadence of that name is due at those times of day, and prepared `lead` before."""
        now = datetime.now(UTC)
        with acting_as(EVERYBODY), self.store.database.write() as on:
            for person, at in due:
                timing = WallTimes((at.time(),), prepare=lead)
                cadence = Cadence(person, name, JOBS[name], timing, ("inbox",))
                planned = Planned(cadence, "UTC", "", planned_until=now, next_at=max(at - lead, now))
                self.store.cadences.put(on, planned)

    def rows(self, *columns: Any, **where: str) -> Sequence[Any]:
        t = tables.occurrence
        with acting_as(EVERYBODY), self.store.database.read() as on:
            return on.execute(select(*columns).where(*(t.c[name] == value for name, value in where.items()))).all()

    def until_ended(self, count: int, cadence: str, within: float = DONE) -> None:
        wait_for(lambda: self.ended(cadence) >= count, within, "the workers did not come to an end")

    def ended(self, cadence: str) -> int:
        return int(self.rows(func.count(tables.occurrence.c.ended_at), cadence=cadence)[0][0])


def wait_for(holds: Callable[[], object], within: float, otherwise: str) -> None:
    end = time.monotonic() + within
    while not holds():
        if time.monotonic() > end:
            raise SystemExit(f"not within {within:g} s: {otherwise}")
        time.sleep(0.1)


@contextmanager
def scaled_out(queue: Redis | Rabbit, people: int) -> Iterator[ScaledOut]:
    """Nothing is started yet but its servers; everybody's config is in force, and their store is full."""
    with TemporaryDirectory(prefix="reveille-bench-") as made, Postgres(durable=True) as postgres:
        folder = Path(made)
        (files := folder / "people").mkdir()
        notes = folder / "arrivals"
        with sink.running(notes) as port:
            morning = datetime.now(UTC)
            zone = zone_at_seven(morning)
            written = [rush.config(files, number, port, zone=zone, polls="24h") for number in range(people)]
            settings = {
                "REVEILLE_DATABASE": postgres.new_database(),
                "REVEILLE_QUEUE": queue.new_host() if isinstance(queue, Rabbit) else queue.url,
                "REVEILLE_ARTEFACTS": str(folder / "artefacts"),
                "REVEILLE_DATA": str(folder / "data"),
                "REVEILLE_LOG_JSON": "true",
            }
            reveille = Reveille(folder, settings)
            done = reveille("people", "apply", env={"REVEILLE_PEOPLE": str(files)}, timeout=APPLIED)
            assert done.code == 0, done
            with acting_as(EVERYBODY):
                store = open_store(settings["REVEILLE_DATABASE"], folder / "artefacts", secret=b"bench")
            addresses = {}
            for number, config in enumerate(map(load, written)):
                addresses[config.person.id] = config.person.emails[0]
                with acting_as(config.person.id):
                    rush.move_in(store, config, number, morning)
            there = ScaledOut(folder, store, postgres, queue, reveille, addresses, notes)
            try:
                yield there
            finally:
                for member in there.members:
                    member.end()
                store.close()


def zone_at_seven(now: datetime) -> str:
    """A zone in which it is seven and some minutes. Etc/GMT-3 is three hours *ahead* of Greenwich, by POSIX."""
    ahead = (7 - now.hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def processor_time(process: psutil.Process) -> float:
    """Seconds of a core so far, with those of its children."""
    times = [process.cpu_times(), *(child.cpu_times() for child in process.children(recursive=True))]
    return sum(t.user + t.system for t in times) + times[0].children_user + times[0].children_system
