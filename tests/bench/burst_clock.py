"""One clock's tick in a process of its own: says when it is ready, and once it is told to start, how many occurrences it rang for,
in how many seconds, of how many seconds of processor time.

`python -m tests.bench.burst_clock DATABASE QUEUE MOMENT`
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from service.bell import CeleryBell
from service.domain.ledger import Ring
from service.planner import Planner
from service.queues import prefixed
from service.store import EVERYBODY, acting_as, open_store


def main(database: str, queue: str, moment: str) -> None:
    now = datetime.fromisoformat(moment)
    with tempfile.TemporaryDirectory() as folder, acting_as(EVERYBODY), closing(CeleryBell(queue, prefixed(queue))) as bell:
        store = open_store(database, Path(folder))
        planner = Planner(store.database, store.ledger, store.cadences, lambda *_: (), lambda *_: False)
        bell.ring([Ring("before", job) for job in ("morning", "triage")])  # connected, as a clock is after its first minute
        assert not planner.tick(now - timedelta(days=1))
        print("ready", flush=True)
        sys.stdin.readline()
        began, worked, rung = time.perf_counter(), time.process_time(), 0
        for rings in planner.batches(now):
            bell.ring(rings)
            rung += len(rings)
        print(json.dumps((rung, time.perf_counter() - began, time.process_time() - worked)), flush=True)
        store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
