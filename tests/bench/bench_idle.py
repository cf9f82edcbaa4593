"""What a clock costs while none of a million cadences is due, in per cent of a core; the database's part by itself."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from sqlalchemy import func, insert, select

from service.store import EVERYBODY, Store, acting_as, open_store
from service.store.tables import cadence
from tests.bench.burst_rows import rows
from tests.bench.figures import Figure, report
from tests.services import Postgres

COUNT, SETTLED, SECONDS = 1_000_000, 3.0, 20.0
MOST = 2.0  # per cent

COPIES = {
    "sqlite": "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count}) ",
    "postgresql": "WITH n (n) AS (SELECT generate_series(1, {count})) ",
}
COPY = (
    "INSERT INTO cadence (person, name, job, kind, timing, document, next_at, planned_until, digest)"
    " SELECT 'person-' || n, name, job, kind, timing, document, next_at, planned_until, digest FROM cadence, n WHERE person = 'person-0'"
)


def main() -> None:
    with Postgres(durable=True) as postgres, tempfile.TemporaryDirectory() as folder:
        ours, theirs = _idle(postgres.new_database(), postgres)
        report(Figure("idle clock, 1,000,000 cadences, PostgreSQL", ours, None, "%", f"< {MOST:g} % of a core", ours < MOST))
        report(Figure("  its database", theirs, None, "%"))
        ours, _ = _idle(f"sqlite:///{folder}/reveille.db", None)
        report(Figure("idle clock, 1,000,000 cadences, SQLite", ours, None, "%", f"< {MOST:g} % of a core", ours < MOST))


def _idle(url: str, server: Postgres | None) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(url, Path(folder))
        _fill(store)
        store.close()
    command = [sys.executable, "-m", "tests.bench.idle_clock", url]
    clock = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert clock.stdout is not None
    assert clock.stdout.readline() == "ready\n"
    time.sleep(SETTLED)
    mine, theirs = _spent(clock.pid), _spent(server.pid) if server else 0.0
    time.sleep(SECONDS)
    mine, theirs = _spent(clock.pid) - mine, (_spent(server.pid) if server else 0.0) - theirs
    assert clock.poll() is None, "the clock ended"
    clock.communicate()
    return mine / SECONDS * 100, theirs / SECONDS * 100


def _fill(store: Store) -> None:
    later = datetime.now(UTC) + timedelta(hours=2)
    with acting_as(EVERYBODY), store.database.write() as on:
        on.execute(insert(cadence), list(rows(4, 1, later)))
        name = store.database.engine.dialect.name
        with_copies = COPIES[name].format(count=COUNT // 4 - 1)
        copy = with_copies + COPY if name == "sqlite" else COPY.replace(" SELECT", " " + with_copies + "SELECT", 1)
        on.exec_driver_sql(copy)
        assert on.execute(select(func.count()).select_from(cadence)).scalar_one() == COUNT
    with store.database.engine.connect() as on:
        on.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)" if store.database.is_sqlite else "ANALYZE cadence")


def _spent(pid: int) -> float:
    """Seconds of processor time, of it and its children."""
    process = psutil.Process(pid)
    return sum(sum(each.cpu_times()[:2]) for each in (process, *process.children()))


if __name__ == "__main__":
    main()
