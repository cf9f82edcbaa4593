"""The database file and the disk below it: locked, full, read-only, cut off in the middle of a write."""

from __future__ import annotations

import resource
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import psutil

from tests.e2e.chaos.disk import empty, fill
from tests.e2e.chaos.rounds import Round, Scenario
from tests.e2e.driver import Limits, until

LOCKED_QUICK, LOCKED_LONG = 3.0, 60.0  # seconds


def locked(at: Round) -> None:
    """Another program writes for a minute (the quick profile: seconds), longer than a writer waits for it."""
    at.release()
    at.pause(0, 1)
    with closing(sqlite3.connect(_database(at), timeout=30, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(LOCKED_QUICK if at.quick else LOCKED_LONG)
        other.execute("ROLLBACK")


def killed_in_a_write(at: Round) -> None:
    wal = _database(at).with_name("reveille.db-wal")
    at.release()
    for _ in range(at.chance.randint(1, 12)):
        before = _stamp(wal)
        at.until(lambda before=before: _stamp(wal) != before)
    time.sleep(at.chance.uniform(0, 0.002))
    at.kill(at.someone("worker"))
    _intact(at)


def read_only(at: Round) -> None:
    """It says so and ends; with the right given back it goes on."""
    at.release()
    at.pause(0, 1)
    (member,) = at.topology.members
    at.kill(member)
    files = [f for f in _database(at).parent.glob("reveille.db*") if f.is_file()]
    for file in files:
        file.chmod(0o400)
    member.limit = Limits(obeys_modes=True).apply
    before = len(member.said)
    member.start()
    until(lambda: not member.is_running, 60, lambda: member.said[before:])
    member.limit = None
    member.lives -= 1  # it never came up
    for file in files:
        file.chmod(0o600)
    said = member.said[before:]
    assert "Traceback" not in said, said
    assert "cannot be written" in said or "can't be" in said, said
    at.seen["told"] += 1


def full_for_the_database(at: Round) -> None:
    """Nothing or a few pages are left, for a while."""
    disk = at.topology.folder / ".reveille"
    at.release()
    at.pause(0, 1)
    fill(disk, but=at.chance.choice([0, 0, 4096, 65536]))
    at.pause(1, 3)
    empty(disk)
    at.seen["told"] = at.topology.said("disk is full")


def full_for_audio(at: Round) -> None:
    """Room for rows, none for recordings."""
    disk = at.topology.folder / ".reveille"
    at.release()
    fill(disk, but=at.chance.randint(200_000, 900_000))
    at.pause(1, 3)
    empty(disk)
    at.seen["told"] = at.topology.said("Cannot store")


def out_of_memory_while_it_parses(at: Round) -> None:
    """A huge mail, and a reader that gets no more memory than it has: it dies, and the briefing goes out without that mail."""
    someone = at.chance.choice(at.topology.people)
    someone.receive("Please read all of this. " * at.chance.randint(200_000, 1_600_000), subject="Everything")
    at.release()
    (member,) = at.topology.members
    readers = at.until(lambda: member.children("isolation"))
    for reader in readers:
        with suppress(psutil.Error, OSError):
            room = reader.memory_info().vms + at.chance.randint(0, 8) * 1024 * 1024
            resource.prlimit(reader.pid, resource.RLIMIT_AS, (room, room))
    at.seen["limited"] += len(readers)
    at.pause(0, 1)


def _database(at: Round) -> Path:
    return at.topology.folder / ".reveille" / "reveille.db"


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size


def _intact(at: Round) -> None:
    with closing(sqlite3.connect(_database(at), timeout=30)) as on:
        assert on.execute("pragma integrity_check").fetchall() == [("ok",)]


SCENARIOS = (
    Scenario("database locked by another writer", locked),
    Scenario("killed in a write of the database", killed_in_a_write),
    Scenario("database read-only", read_only, quick=1),
    Scenario("disk full for the database", full_for_the_database, options={"small_disk": True}),
    Scenario("disk full for audio", full_for_audio, options={"audio": True, "small_disk": True}),
    Scenario("out of memory while it parses", out_of_memory_while_it_parses),
)
