"""What is put to the test: processes on a database and a queue, and the database seen from outside."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, and_, bindparam, create_engine, event, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from service.store import tables
from tests.e2e.chaos.member import Member
from tests.e2e.chaos.people import Someone
from tests.e2e.chaos.shifting import WallClock
from tests.e2e.chaos.witness import Witness
from tests.e2e.driver import Reveille, until
from tests.services import Postgres, Rabbit, Redis

LEASE = int(os.environ.get("REVEILLE_CHAOS_LEASE", "6"))
"""Seconds: what a test waits for until a dead worker's work is taken over. A machine that is busy otherwise needs more: a worker that
isn't given a turn for so long counts as dead."""
READY = 180.0
TRIES = 40


@dataclass
class Topology:
    """`url` is for the harness, which sees everybody's rows."""

    folder: Path
    witness: Witness
    people: tuple[Someone, ...]
    url: str
    members: list[Member] = field(default_factory=list)
    clock: WallClock | None = None
    """What all members take for the time of day, where it can be set."""
    postgres: Postgres | None = None
    queue: Redis | Rabbit | None = None
    released: dict[tuple[str, str], float] = field(default_factory=dict)
    """(person, cadence) that was let become due → when."""

    def __post_init__(self) -> None:
        self._engine = _engine(self.url)

    @property
    def now(self) -> datetime:
        """As the members see it."""
        return datetime.now(UTC) + timedelta(seconds=self.clock.seconds if self.clock else 0)

    # --- processes -----------------------------------------------------------------------------------------------------------

    def of(self, role: str) -> list[Member]:
        """A service is its own clock and worker."""
        return [m for m in self.members if m.role in {role, "service"}]

    def start(self) -> None:
        for member in self.members:
            member.start()
        self.ready()

    def ready(self) -> None:
        """Until every cadence stands in the database and every process is up: a fault that comes earlier hits nothing."""
        wanted = sum(len(someone.cadences) + len(someone.watches) for someone in self.people)
        until(lambda: self.count(select(tables.cadence.c.name)) >= wanted, READY, self.state)
        self.up()

    def up(self) -> None:
        for member in self.members:
            until(lambda member=member: not member.is_running or member.is_ready(self._ports(member)), READY, self.state)

    def _ports(self, member: Member) -> list[int]:
        """A clock talks to the queue only once it has something to ring for."""
        needed = (self.postgres, self.queue if member.role == "worker" else None)
        return [server.port for server in needed if server]

    def revive(self) -> None:
        """Every process that ended is started again, as a supervisor does."""
        for member in self.members:
            member.thaw()
            if not member.is_running:
                member.start()

    def stop(self) -> dict[str, int]:
        return {member.name: member.stop() for member in self.members}

    def end(self) -> None:
        for member in self.members:
            member.end()
        self._engine.dispose()

    # --- what becomes due ------------------------------------------------------------------------------------------------------

    def release(self, slots: Iterable[tuple[str, str]]) -> None:
        """Sets the plan of these (person, cadence) back behind their due time: as a clock finds them that was away at that time.
        However far the members' clock has been set since, they were due when the scenario began.
        """
        slots, now, began = tuple(slots), self.now, datetime.now(UTC)
        t = tables.cadence
        mine = and_(t.c.person == bindparam("whose"), t.c.name == bindparam("which"))
        behind = update(t).where(mine).values(planned_until=began - timedelta(hours=2), next_at=now - timedelta(seconds=1))
        self.write(lambda on: on.execute(behind, [{"whose": person, "which": name} for person, name in slots]))
        self.released |= dict.fromkeys(slots, time.time())

    # --- the database, from outside ----------------------------------------------------------------------------------------------

    def rows(self, query: Any) -> Sequence[Any]:
        """Empty where the database is away or not there yet."""
        with suppress(DBAPIError), self._engine.connect() as on:
            return on.execute(query).all()
        return ()

    def count(self, query: Any) -> int:
        return len(self.rows(query))

    def unmarked(self) -> list[str]:
        """Slots, as the witness names them, whose sending was begun and has no end in the ledger."""
        d = tables.delivery
        rows = self.rows(select(d.c.person, d.c.channel).where(d.c.state == "sending"))
        return [slot_of(row.person, row.channel) for row in rows]

    def write(self, work: Callable[[Connection], object]) -> None:
        for attempt in range(TRIES):
            try:
                with self._engine.begin() as on:
                    work(on)
                    return
            except DBAPIError:
                if attempt + 1 == TRIES:
                    raise
                time.sleep(0.25)

    def said(self, words: str) -> int:
        """How often a member said this."""
        return sum(member.said.count(words) for member in self.members)

    def state(self) -> str:
        o, d = tables.occurrence, tables.delivery
        rows = self.rows(select(o.c.cadence, o.c.state, o.c.outcome, o.c.reason, o.c.not_before).where(o.c.state != "ended"))
        open_ = self.rows(select(d.c.channel, d.c.state, d.c.error).where(d.c.state.in_(("pending", "sending"))))
        said = "\n".join(f"--- {m.name} (running: {m.is_running})\n{m.said[-1500:]}" for m in self.members)
        return f"open: {rows}\ndeliveries: {open_}\n{said}"


def embedded(
    folder: Path,
    witness: Witness,
    someone: Someone,
    environment: Mapping[str, str],
    *,
    proof: bool = True,
    clock: WallClock | None = None,
) -> Topology:
    """`reveille run` on SQLite. `proof`: mail comes back to the mailbox that it reads."""
    someone.move_in()
    witness.returned_to({f"{someone.id}.example": str(someone.mailbox)} if proof else {})
    reveille = Reveille(folder, {"REVEILLE_LEASE": str(LEASE), "REVEILLE_LOG_JSON": "true"})
    reveille.config(someone.config(witness, datetime.now(UTC) - timedelta(minutes=2)))
    member = Member("service", "service", ("run",), folder, reveille.environment(environment))
    return Topology(folder, witness, (someone,), f"sqlite:///{folder / '.reveille' / 'reveille.db'}", [member], clock)


def scaled(
    folder: Path,
    witness: Witness,
    people: Sequence[Someone],
    environment: Mapping[str, str],
    postgres: Postgres,
    queue: Redis | Rabbit,
    *,
    proof: bool = True,
    clocks: int = 2,
    workers: int = 2,
) -> Topology:
    """Clocks and workers on PostgreSQL and a broker, each a process of its own."""
    witness.returned_to({f"{someone.id}.example": str(someone.mailbox) for someone in people} if proof else {})
    files = folder / "people"
    files.mkdir()
    for someone in people:
        someone.move_in()
        (files / f"{someone.id}.yaml").write_text(someone.config(witness, datetime.now(UTC) - timedelta(minutes=2)))
    url = postgres.new_database()
    settings = {
        "REVEILLE_DATABASE": url,
        "REVEILLE_QUEUE": queue.new_host() if isinstance(queue, Rabbit) else queue.url,
        "REVEILLE_ARTEFACTS": str(folder / "artefacts"),
        "REVEILLE_DATA": str(folder / "data"),
        "REVEILLE_PEOPLE": str(files),
        "REVEILLE_LEASE": str(LEASE),
        "REVEILLE_LOG_JSON": "true",
    }
    reveille = Reveille(folder, {**settings, **environment})
    for words in (("migrate",), ("people", "apply")):
        done = reveille(*words, timeout=READY * 2)
        assert done.code == 0, done
    roles = [("clock", ())] * clocks + [("worker", ("--concurrency", "4"))] * workers
    members = [
        Member(f"{role}-{number}", role, (role, *words), folder, reveille.environment(environment))
        for number, (role, words) in enumerate(roles)
    ]
    return Topology(folder, witness, tuple(people), _as_administrator(url), members, postgres=postgres, queue=queue)


def _as_administrator(url: str) -> str:
    """Sees everybody's rows."""
    head, _, rest = url.partition("://")
    return f"{head}://postgres@{rest.partition('@')[2]}"


def slot_of(person: str, channel: str) -> str:
    """What arrives by this channel is known by it: see `people`."""
    kind, _, name = channel.partition(" ")
    return f"{name}@{person}.example" if kind == "mail" else f"{person}/{name}"


@contextmanager
def running(topology: Topology) -> Iterator[Topology]:
    try:
        topology.start()
        yield topology
    finally:
        topology.end()


def _engine(url: str) -> Engine:
    """No pool: the database may be gone at the next moment. SQLite begins by itself, at once for writing."""
    engine = create_engine(url, poolclass=NullPool, **({"connect_args": {"timeout": 10}} if url.startswith("sqlite") else {}))
    if url.startswith("sqlite"):

        @event.listens_for(engine, "connect")
        def _plain(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA foreign_keys=ON")

    return engine


def clear(folder: Path) -> None:
    if not os.environ.get("REVEILLE_CHAOS_KEEP"):
        shutil.rmtree(folder, ignore_errors=True)
