"""A store of 50,000 mails backed up, checked, put back, exported and erased, each in a process of its own; memory must not grow with it.

The peer copies the database with SQLite's own backup and gzips the copy: no portability, no files, no digest.
"""

from __future__ import annotations

import gzip
import os
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import insert

from service.store import Store, open_store, tables
from service.store.backup import Keeper
from service.store.database import Database
from service.store.portrait import Portrait
from service.store.restore import Restorer, verify
from tests.bench.figures import Figure, report

ROWS, FEW = 50_000, 5_000
NOW = datetime(2026, 5, 12, tzinfo=UTC)
MOST_GROWTH = 40  # MB from a tenth of the rows to all of them


def store_in(folder: Path) -> Store:
    folder.mkdir(exist_ok=True)
    return open_store(f"sqlite:///{folder}/reveille.db", folder / "artefacts")


def fill(folder: Path, rows: int) -> None:
    """Bodies that hardly compress, as sealed ones don't."""
    with closing(store_in(folder)) as store:
        for start in range(0, rows, 1000):
            some = [
                {
                    "person": "mara",
                    "kind": "message",
                    "id": f"m{n}",
                    "account": "mail",
                    "at": NOW,
                    "own": False,
                    "sealed": store.codec.seal(b'"' + os.urandom(1000).hex().encode() + b'"'),
                }
                for n in range(start, min(start + 1000, rows))
            ]
            terms = [
                {"person": "mara", "kind": "message", "item": r["id"], "term": f"w:{n}", "at": NOW}
                for r in some
                for n in range(5)
            ]
            with store.database.write() as on:
                on.execute(insert(tables.item), some)
                on.execute(insert(tables.term), terms)


def backup(folder: Path) -> None:
    with closing(store_in(folder)) as store:
        Keeper(store.database, store.codec, store.artefacts, b"secret").backup(folder / "b", NOW)


def check(folder: Path) -> None:
    verify(folder / "b")


def restore(folder: Path) -> None:
    there = folder / "new"
    there.mkdir()
    with closing(store_in(folder)) as store:
        database = Database(f"sqlite:///{there}/reveille.db")
        Restorer(database, store.codec, store.artefacts, there / "secret").restore(folder / "b", NOW)
        database.close()


def export(folder: Path) -> None:
    with closing(store_in(folder)) as store:
        Portrait(store.database, store.codec, store.artefacts).export("mara", folder / "mara.zip", NOW)


def erase(folder: Path) -> None:
    with closing(store_in(folder)) as store:
        store.erasures.erase("mara", lambda: NOW)


def peer(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "reveille.db")) as on, closing(sqlite3.connect(folder / "copy.db")) as copy:
        on.backup(copy)
    with (folder / "copy.db").open("rb") as plain, gzip.open(folder / "copy.gz", "wb", compresslevel=1) as packed:
        shutil.copyfileobj(plain, packed)


def measured(name: str, folder: Path) -> tuple[float, float]:
    """Seconds of processor time, and the peak of a fresh process's memory in MB."""
    began = time.process_time()
    globals()[name](folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return time.process_time() - began, peak / (1e6 if sys.platform == "darwin" else 1e3)


def alone(name: str, folder: Path) -> tuple[float, float]:
    with ProcessPoolExecutor(1, get_context("spawn")) as elsewhere:
        return elsewhere.submit(measured, name, folder).result()


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        few, many = Path(made) / "few", Path(made) / "many"
        fill(few, FEW)
        fill(many, ROWS)
        size = sum(path.stat().st_size for path in many.iterdir() if path.is_file()) / 1e6
        print(f"  {ROWS:,} mails and {5 * ROWS:,} terms, {size:.0f} MB")
        theirs, _ = alone("peer", many)
        for name in ("backup", "check", "restore", "export", "erase"):
            _, small = alone(name, few)
            took, large = alone(name, many)
            report(
                Figure(f"{name}, {ROWS:,} mails, processor time", took, theirs if name == "backup" else None, "s"),
                Figure("  memory at its peak", large, None, "MB"),
                Figure("  grown from a tenth of it", large - small, None, "MB", f"≤ {MOST_GROWTH}", large - small <= MOST_GROWTH),
            )
        print(
            f"  the backup is {(many / 'b').stat().st_size / 1e6:.0f} MB, the peer's {(many / 'copy.gz').stat().st_size / 1e6:.0f} MB"
        )


if __name__ == "__main__":
    main()
