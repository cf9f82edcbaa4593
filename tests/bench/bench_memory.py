"""What clock, worker and embedded service hold in memory, at their start and after a day: every tick of 24 hours, and every run of a person
with all cadences. `python -m tests.bench.bench_memory [HOURS]`.

The day is the sample workspace's. Time is as fast as the ticks; a clock on PostgreSQL rings for a worker by Redis, and an embedded
service on SQLite lives its own day beside them.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psutil

from service import sample
from tests.bench.figures import Figure, report
from tests.bench.memory_roles import SharedTime
from tests.e2e.driver import Reveille
from tests.services import Postgres, Redis

HOURS = 24
MOST = {"clock": 90, "worker": 130, "service": 180}  # MB
FLAT = 0.02
"""By how much more it may hold at the end than at half time."""
LOOK = 0.5  # seconds
LONGEST = 3600.0  # seconds
MB = 1e6


@dataclass
class Role:
    name: str
    process: psutil.Process
    now: SharedTime
    began: float = 0.0
    held: list[tuple[float, int]] = field(default_factory=list)
    """Seconds of its day → bytes, resident."""
    apart: int = 0
    """Bytes of its children at most, by their share of what is shared."""

    def __post_init__(self) -> None:
        self.began = self.now.seconds

    def look(self) -> None:
        if not self.process.is_running() or self.process.status() == psutil.STATUS_ZOMBIE:
            raise SystemExit(f"the {self.name} ended before its day did")
        self.held.append((self.now.seconds - self.began, self.process.memory_info().rss))
        self.apart = max(self.apart, sum(map(_share, self.process.children(recursive=True))))

    def between(self, start: float, end: float) -> float:
        """MB, as a rule, between these parts of its day."""
        whole = self.held[-1][0]
        return median(size for at, size in self.held if start * whole <= at <= end * whole) / MB


def main(hours: int = HOURS) -> None:
    with TemporaryDirectory(prefix="reveille-bench-") as made, ExitStack() as stack:
        postgres, redis = stack.enter_context(Postgres(durable=True)), stack.enter_context(Redis())
        many, one = Path(made) / "many", Path(made) / "one"
        for folder in (many, one):
            sample.write(folder, datetime.now(UTC))
        shared = {"REVEILLE_DATABASE": postgres.new_database(), "REVEILLE_QUEUE": redis.url, "REVEILLE_PEOPLE": str(many)}
        theirs, its = (SharedTime(folder / "time", time.time()) for folder in (many, one))
        seconds = hours * 3600
        roles = [
            stack.enter_context(_role("worker", many, theirs, seconds, shared)),
            stack.enter_context(_role("clock", many, theirs, seconds, shared)),
            stack.enter_context(_role("service", one, its, seconds, {})),
        ]
        _through(roles, seconds)
    for role in roles:
        _report(role, hours)


@contextmanager
def _role(name: str, folder: Path, now: SharedTime, seconds: int, settings: Mapping[str, str]) -> Iterator[Role]:
    environment = Reveille(folder, settings | {"REVEILLE_LEASE": "3600"}).environment({})  # half a minute, as fast as time passes
    command = [sys.executable, "-m", "tests.bench.memory_roles", name, str(folder / "time"), str(seconds)]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log)
    try:
        yield Role(name, psutil.Process(process.pid), now)
    except SystemExit:
        print((folder / f"{name}.log").read_text(errors="replace")[-2000:], file=sys.stderr)
        raise
    finally:
        process.kill()
        process.communicate()


def _through(roles: list[Role], seconds: int) -> None:
    end = time.monotonic() + LONGEST
    while any(role.now.seconds - role.began < seconds for role in roles):
        time.sleep(LOOK)
        for role in roles:
            role.look()
        if time.monotonic() > end:
            raise SystemExit(f"the day did not end within {LONGEST / 60:g} minutes")


def _share(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0


def _report(role: Role, hours: int) -> None:
    start, half, last = role.between(0.02, 0.1), role.between(0.45, 0.55), role.between(0.9, 1)
    most, grown = MOST[role.name], last / half - 1
    report(
        Figure(f"{role.name}, at its start", start, None, "MB"),
        Figure(f"{role.name}, after {hours} hours", last, None, "MB", f"≤ {most} MB", last <= most),
        Figure("  in the last half it grew by", 100 * grown, None, "%", f"≤ {FLAT:.0%}", grown <= FLAT),
        Figure("  its children, at most (PSS)", role.apart / MB, None, "MB"),
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
