"""Backups move between SQLite and PostgreSQL either way; an erasure on PostgreSQL waits for whoever is writing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from service.errors import Erased
from service.store import EVERYBODY, Store, acting_as, fernet_key, open_store
from service.store.erasure import held_of, people, personal, refuse_erased
from service.store.portrait import Portrait
from service.store.restore import NotEmpty
from tests.builders import NOON
from tests.e2e.driver import Reveille
from tests.keeping import SECRET, backed_up, files_of, filled, restorer, rows_of, secret_of, with_secret
from tests.services import Postgres

Stores = Callable[..., Store]
MINUTE = timedelta(minutes=1)
LET_GO = {"account", "approval"}  # leases, fences, a yes that may have been acted upon


@pytest.fixture
def on_postgres(postgres_server: Postgres, postgres_url: str, tmp_path: Path) -> Iterator[Stores]:
    """As `new_store`, each in a database of its own. What a test does itself is done for everybody."""
    urls, opened = [postgres_url], []

    def make() -> Store:
        if len(opened) == len(urls):
            urls.append(postgres_server.new_database())
        opened.append(open_store(urls[len(opened)], tmp_path / f"artefacts{len(opened)}", secret=b"test"))
        return opened[-1]

    with acting_as(EVERYBODY):
        yield make
    for store in opened:
        store.close()
    for url in urls[1:]:
        postgres_server.drop_database(url)


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("start", "end"), [("sqlite", "postgres"), ("postgres", "sqlite"), ("postgres", "postgres")])
def test_there_and_back_between_databases(new_store: Stores, on_postgres: Stores, tmp_path: Path, start: str, end: str) -> None:
    make = {"sqlite": new_store, "postgres": on_postgres}
    store, copy = make[start](), make[end]()
    if start == "postgres":
        with_secret(store, tmp_path / "unused", SECRET)
    bench = filled(store)
    backed_up(store, tmp_path / "b", bench)
    before = rows_of(store)
    restorer(copy, tmp_path / "secret").restore(tmp_path / "b", bench.clock.now + MINUTE)
    after = rows_of(copy)
    assert {n: r for n, r in after.items() if n not in LET_GO} == {n: r for n, r in before.items() if n not in LET_GO}
    assert len(after["account"]) == len(before["account"]) == 1
    assert files_of(copy) == files_of(store)
    assert secret_of(copy, tmp_path / "secret") == SECRET
    assert (tmp_path / "secret").exists() == (end == "sqlite")
    with pytest.raises(NotEmpty):
        restorer(copy, tmp_path / "secret").restore(tmp_path / "b", bench.clock.now + MINUTE)


def test_by_the_commands_a_new_database_takes_on_the_secret_of_the_old(postgres_server: Postgres, tmp_path: Path) -> None:
    """With a key that was changed once: both lines of it open what the backup holds."""
    keys = f"the newer of two random keys {'n' * 20}\nthe older of two random keys {'o' * 20}"
    secrets = []
    for command in ("backup", "restore"):
        folder, url = tmp_path / command, postgres_server.new_database()
        folder.mkdir()
        reveille = Reveille(folder, {"REVEILLE_DATABASE": url, "REVEILLE_DATA": str(folder), "REVEILLE_KEY": keys})
        done = reveille(command, tmp_path / "b")
        assert done.code == 0, done
        store = open_store(url, folder / "artefacts", keys=[fernet_key(key) for key in keys.splitlines()])
        with acting_as(EVERYBODY):
            secrets.append(secret_of(store, tmp_path / "unused"))
        store.close()
        assert reveille("backup", "--verify", tmp_path / "b").code == 0
        postgres_server.drop_database(url)
    assert secrets[0] == secrets[1]


def test_a_restored_copy_is_silent_there_too(on_postgres: Stores, tmp_path: Path) -> None:
    from tests.household import Bench

    store, copy = on_postgres(), on_postgres()
    bench = filled(store, until=6.8)
    assert [o.slot for o in store.ledger.open("mara")] == ["2026-05-12.0"]
    backed_up(store, tmp_path / "b", bench)
    restorer(copy, tmp_path / "secret").restore(tmp_path / "b", bench.clock.now + MINUTE)
    at = bench.clock.now + timedelta(days=1, hours=1)
    copy.restorations.take_up(at)
    new = Bench(copy)
    new.clock.now = at
    new.run_until(1, timedelta(minutes=10))
    assert {(o.slot, o.outcome.value) for o in copy.ledger.recent("mara") if o.outcome} == {
        ("2026-05-12.0", "unknown"),
        ("2026-05-13.0", "skipped"),
    }
    assert new.channels["inbox"].keys == []


def test_everything_of_one_person_goes(on_postgres: Stores, tmp_path: Path) -> None:
    store = on_postgres()
    filled(store)
    filled(store, "zoe")
    Portrait(store.database, store.codec, store.artefacts).export("mara", tmp_path / "mara.zip", NOON)
    assert set(held_of(store.database, "mara")) == {table.name for table in personal()}
    zoes = held_of(store.database, "zoe")
    store.erasures.erase("mara", lambda: NOON)
    assert held_of(store.database, "mara") == {}
    assert held_of(store.database, "zoe") == zoes
    assert people(store.database) == ["zoe"]


def test_an_erasure_waits_for_whoever_is_writing(on_postgres: Stores) -> None:
    """What a transaction writes that began before is seen, and erased; one that begins later is refused."""
    store = on_postgres()
    filled(store)
    buried = threading.Thread(target=store.erasures.bury, args=("mara", NOON))
    with store.database.write() as on:
        refuse_erased(on, "mara")
        buried.start()
        buried.join(0.5)
        assert buried.is_alive()
        store.revisions.put(on, "mara", "d2", "me: {}\n", NOON)
    buried.join(30)
    assert not buried.is_alive()
    with store.database.write() as on, pytest.raises(Erased):
        refuse_erased(on, "mara")
    store.erasures.erase("mara", lambda: NOON)
    assert held_of(store.database, "mara") == {}
