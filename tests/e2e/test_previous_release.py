"""During an upgrade the release before runs beside the new one, on the new one's schema: both take their share, nothing goes out twice."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from service.domain.ledger import Cadence, Outcome, WallTimes
from service.planner import Planner
from service.store import EVERYBODY, Store, acting_as, open_store
from service.store.instance import utc_now
from service.store.migrate import HEAD, current
from tests.e2e.driver import ROOT
from tests.services import Postgres

PREVIOUS = "1d1843e"
"""The newest commit whose schema was the one before."""
PERSON = """
me: {{name: {name}, emails: [{name}@keller.example], timezone: Europe/Zurich}}
channels: {{out: {{kind: folder, path: out-{name}}}}}
cadences: {{morning: {{at: "03:33", to: [out]}}}}
"""
PEOPLE = ("mara", "noor", "otto", "pia")


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its code, as it was. Needs the whole history: a shallow clone has to be deepened (`git fetch --unshallow`)."""
    folder = tmp_path_factory.mktemp("previous")
    archive = subprocess.run(["git", "archive", PREVIOUS], cwd=ROOT, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    return folder


@pytest.fixture
def environment(postgres_server: Postgres, redis_url: str, tmp_path: Path) -> dict[str, str]:
    people = tmp_path / "people"
    people.mkdir()
    for name in PEOPLE:
        (people / f"{name}.yaml").write_text(PERSON.format(name=name))
    return {
        "REVEILLE_DATABASE": postgres_server.new_database(),
        "REVEILLE_QUEUE": redis_url,
        "REVEILLE_PEOPLE": str(people),
        "REVEILLE_DATA": str(tmp_path / "data"),
        "REVEILLE_LOG_LEVEL": "info",
        "REVEILLE_CONFIG": str(tmp_path / "reveille.yaml"),
    }


@contextmanager
def running(code: Path, environment: dict[str, str], log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", "from service.cli import main; main()", *words]
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, cwd=code, env=os.environ | environment | {"PYTHONPATH": str(code)}, stdout=out, stderr=out
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def until(what: Callable[[], bool], said: str, within: float = 120.0) -> None:
    end = time.monotonic() + within
    while not what():
        assert time.monotonic() < end, said
        time.sleep(0.3)


def all_sent(store: Store, rows: int) -> None:
    """So many briefings by hand, for everybody in turn: each goes out, once, at its first attempt."""
    planner = Planner(store.database, store.ledger, store.cadences, lambda *_: (), lambda *_: False)
    people = sorted(who(store))
    assert len(people) == len(PEOPLE)
    ids = []
    for n in range(rows):
        cadence = Cadence(people[n % len(people)], "morning", "morning", WallTimes(()), ("out",))
        ids.append(planner.ask(cadence, utc_now()))
    until(lambda: all(row and row.ended_at for row in map(store.ledger.get, ids)), "not every briefing came to its end")
    for id in ids:
        row = store.ledger.get(id)
        assert row
        assert row.outcome == Outcome.SENT, row.reason
        assert [d.attempts for d in store.deliveries.of(id)] == [1]


def who(store: Store) -> list[str]:
    with store.database.read() as on:
        return list(store.revisions.people(on))


@pytest.mark.slow
def test_the_release_before_runs_beside_this_one(previous: Path, environment: dict[str, str], tmp_path: Path) -> None:
    old, new = tmp_path / "old.log", tmp_path / "new.log"
    old.touch()
    new.touch()
    try:
        with ExitStack() as processes, acting_as(EVERYBODY):
            processes.enter_context(running(previous, environment, old, "clock"))
            until(lambda: old.read_bytes().count(b"in force now") == len(PEOPLE), "the release before took nobody up")
            processes.enter_context(running(previous, environment, old, "worker", "--concurrency", "1"))
            store = open_store(environment["REVEILLE_DATABASE"], tmp_path / "data" / "artefacts", secret=b"test")
            processes.callback(store.close)
            assert current(store.database) == HEAD  # opened by this release, and so brought up to date under the old one's feet
            all_sent(store, 4)
            processes.enter_context(running(ROOT, environment, new, "clock"))
            processes.enter_context(running(ROOT, environment, new, "worker", "--concurrency", "1"))
            all_sent(store, 12)
            # The old one is started once more on the newer schema, and told to stop while it works.
            with running(previous, environment, old, "worker", "--concurrency", "1"):
                all_sent(store, 12)
            all_sent(store, 4)
    except AssertionError as error:
        raise AssertionError(f"{error}\nold:\n{old.read_text()[-3000:]}\nnew:\n{new.read_text()[-3000:]}") from None
    assert b"Traceback" not in new.read_bytes()
    assert all(b"outcome=sent" in log.read_bytes() for log in (old, new)), "both take their share"
