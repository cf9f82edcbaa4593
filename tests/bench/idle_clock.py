"""A clock by itself, until its standard input is closed. `python -m tests.bench.idle_clock DATABASE`"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from service.clock import Clock
from service.domain.ledger import Ring
from service.planner import Planner
from service.store import open_store, shared_time


class Nobody:
    def ring(self, rings: Iterable[Ring]) -> None:
        assert not list(rings), "nothing is due"


def main(database: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(database, Path(folder))
        planner = Planner(store.database, store.ledger, store.cadences, lambda *_: (), lambda *_: False)
        clock = Clock(planner, store.ledger, Nobody(), shared_time(store.database))
        clock.start()
        print("ready", flush=True)
        sys.stdin.read()
        clock.stop()
        store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
