"""A tenth of 100,000 cadences due at once, to occurrence rows and queue messages: ours, a bare floor, and the peers.

PostgreSQL syncs to the disk for everybody; our clock's own transactions don't wait for it, as the ledger allows (see `bulk_postgres`).
SQLite syncs for ours and the floor. Set BENCH_PEERS to the interpreter that the peers are installed in.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from service.store import open_store
from tests.bench import burst_floor
from tests.bench.burst_rows import fill
from tests.bench.figures import Figure, report
from tests.services import Postgres, Redis

COUNT, PERCENT, ROUNDS = 100_000, 10, 3
PEER_COUNT = 10_000
BEAT_COUNT = 500  # celery beat takes half a second for each
PEERS = os.environ.get("BENCH_PEERS", sys.executable)
INSTALL = "pip install celery-redbeat apscheduler sqlalchemy 'psycopg[binary]'"


def main() -> None:
    with Postgres(durable=True) as postgres, Redis() as redis, tempfile.TemporaryDirectory() as folder:
        one, one_cost = _best(lambda: _on_postgres(postgres, redis, 1))
        two, _ = _best(lambda: _on_postgres(postgres, redis, 2))
        lite, lite_cost = _best(_on_sqlite)
        print(f"  processor time of the clock: {one_cost:.1f} µs an occurrence on PostgreSQL, {lite_cost:.1f} µs on SQLite")
        floor = max(burst_floor.postgres(postgres.new_database(), redis.url, COUNT, PERCENT) for _ in range(ROUNDS))
        lite_floor = max(burst_floor.sqlite(Path(tempfile.mkdtemp(dir=folder)), COUNT, PERCENT) for _ in range(ROUNDS))
        redbeat = _peer("redbeat", redis.url, PEER_COUNT)
        redis.flush()
        beat = _peer("beat", redis.url, BEAT_COUNT)
        on_postgres = _peer("apscheduler", postgres.new_database(), PEER_COUNT)
        on_sqlite = _peer("apscheduler", f"sqlite:///{folder}/jobs.db", PEER_COUNT)
    report(
        _figure("burst, PostgreSQL + Redis; peer: celery-redbeat", one, redbeat, 25),
        _figure("  peer: celery beat", one, beat),
        _figure("  peer: APScheduler on PostgreSQL", one, on_postgres),
        _figure("  peer: bare floor", one, floor),
        _figure("  two clocks; peer: one", two, one, 1.5),
        _figure("burst, SQLite, embedded; peer: APScheduler", lite, on_sqlite, 80),
        _figure("  peer: bare floor", lite, lite_floor),
    )


def _figure(name: str, ours: float, peer: float | None, least: float | None = None) -> Figure:
    target, met = (f"≥ {least:g} ×", bool(peer) and ours >= least * peer) if least else ("", None)
    return Figure(name, ours, peer, "/s", target, met if peer else None)


def _on_postgres(postgres: Postgres, redis: Redis, clocks: int) -> tuple[float, float]:
    redis.flush()
    url = postgres.new_database()
    try:
        return _burst(url, redis.url, clocks)
    finally:
        postgres.drop_database(url)


def _on_sqlite() -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        return _burst(f"sqlite:///{folder}/reveille.db", "embedded", 1)


def _burst(url: str, queue: str, clocks: int) -> tuple[float, float]:
    """Occurrences a second, and the clocks' processor time for each in µs."""
    now = datetime.now(UTC).replace(minute=3, second=7, microsecond=0)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(url, Path(folder))
        fill(store, COUNT, PERCENT, now)
        store.close()
    command = [sys.executable, "-m", "tests.bench.burst_clock", url, queue, now.isoformat()]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(clocks)]
    for clock in running:
        assert clock.stdout is not None
        while clock.stdout.readline() not in ("ready\n", ""):  # migrations say what they do
            continue
    for clock in running:
        assert clock.stdin is not None
        clock.stdin.write("\n")
        clock.stdin.flush()
    said = [json.loads(clock.communicate()[0].splitlines()[-1]) for clock in running]
    rung = sum(count for count, _, _ in said)
    assert rung == COUNT * PERCENT // 100, f"{rung} were rung for"
    return rung / max(seconds for _, seconds, _ in said), sum(worked for _, _, worked in said) / rung * 1e6


def _best(run: Callable[[], tuple[float, float]]) -> tuple[float, float]:
    rounds = [run() for _ in range(ROUNDS)]
    return max(rate for rate, _ in rounds), min(cost for _, cost in rounds)


def _peer(name: str, url: str, count: int) -> float | None:
    command = [PEERS, str(Path(__file__).with_name("burst_peers.py")), name, url, str(count), str(PERCENT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"  {name} left out ({(done.stderr.strip().splitlines() or ['it failed'])[-1]}): {INSTALL}")
        return None
    return float(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
