"""Everything of a person goes, of nobody else, whatever is killed or still runs meanwhile; and nothing comes back by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from service.domain.sync import Page, Upsert
from service.errors import Erased, FenceLost
from service.store import Store, tables
from service.store.erasure import BATCH, Erasures, digest, held_of, people, personal, refuse_erased
from tests.builders import NOON, a_message
from tests.household import MORNING, Killed
from tests.keeping import LEASE, a_proposal, files_of, filled, rows_of

Stores = Callable[..., Store]


def of_others(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.database.read() as on:
        return {
            table.name: sorted((tuple(r) for r in on.execute(select(table).where(table.c.person != "mara"))), key=repr)
            for table in personal()
        }


def test_every_table_with_rows_of_people_is_known(store: Store) -> None:
    """A new table names its person, or says here why it holds nobody's."""
    nobodys = {"instance", "restoration", "erasure"}
    assert {table.name for table in personal()} == set(tables.metadata.tables) - nobodys


def test_everything_of_one_person_goes_and_nothing_of_another(store: Store) -> None:
    filled(store)
    filled(store, "zoe")
    zoes, files = of_others(store), files_of(store)
    assert len(files) == 2
    held = held_of(store.database, "mara")
    assert set(held) == {table.name for table in personal()}
    counts = store.erasures.erase("mara", lambda: NOON)
    assert {name: n for name, n in counts.items() if name != "files"} == held
    assert counts["files"] == 1
    assert held_of(store.database, "mara") == {}
    assert of_others(store) == zoes
    assert len(files_of(store)) == 1
    assert people(store.database) == ["zoe"]


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
def test_no_word_of_it_stays_in_the_database_file(store: Store) -> None:
    bench = filled(store)
    file = Path(str(store.database.url.database))
    store.accounts.register("mara", {"mail": "maildir", "wine-cellar-of-mara": "maildir"})
    bench.store.erasures.erase("mara", lambda: NOON)
    left = b"".join(path.read_bytes() for path in file.parent.glob("reveille.db*") if not path.name.endswith("-shm"))
    assert b"wine-cellar" not in left
    assert b"mara" not in left
    assert digest("mara").encode() in left


def test_killed_anywhere_it_goes_on_where_it_was(new_store: Stores) -> None:
    whole = new_store()
    filled(whole)
    expected = whole.erasures.erase("mara", lambda: NOON)
    store = new_store()
    filled(store)
    kills = 0
    while True:

        def killed(_: int) -> None:
            raise Killed

        try:
            counts = store.erasures.erase("mara", lambda: NOON, killed)
        except Killed:
            kills += 1
            assert store.erasures.began("mara")
        else:
            break
    assert kills > 10, "after every batch"
    assert counts == expected
    assert held_of(store.database, "mara") == {}


def test_many_rows_go_in_batches(store: Store) -> None:
    rows = [
        {"person": "mara", "account": "mail", "ref": str(n), "stamp": "s", "kind": "message", "item": str(n)} for n in range(1300)
    ]
    with store.database.write() as on:
        on.execute(insert(tables.held), rows)
    seen: list[int] = []
    assert store.erasures.erase("mara", lambda: NOON, seen.append)["held"] == 1300
    assert seen == [BATCH, BATCH, 1300 - 2 * BATCH]


def test_a_running_sync_brings_nothing_back(store: Store) -> None:
    filled(store)
    account = store.accounts.claim("mara", "mail", NOON + timedelta(days=1), LEASE)
    assert account
    store.erasures.bury("mara", NOON)
    with pytest.raises(FenceLost):
        store.accounts.commit(account, Page((Upsert(a_message(), "cur/7", "s"),), "2"), {}, NOON, LEASE)
    with pytest.raises(FenceLost):
        store.accounts.finish(account, NOON, ())
    store.erasures.erase("mara", lambda: NOON)
    assert store.accounts.claim("mara", "mail", NOON, LEASE) is None
    assert held_of(store.database, "mara") == {}


def test_a_running_occurrence_brings_nothing_back_and_sends_nothing(store: Store) -> None:
    """Erased while its job prepares: what it would store is refused."""
    bench = filled(store, until=6)
    said = bench.job.say
    bench.job.say = lambda *args: (store.erasures.erase("mara", lambda: NOON), said(*args))[1]
    bench.run_until(2, timedelta(minutes=10))
    assert bench.job.prepared == 1
    assert bench.channels["inbox"].keys == []
    assert held_of(store.database, "mara") == {}


def test_what_is_prepared_is_not_sent_any_more(store: Store) -> None:
    bench = filled(store, until=6.8)
    assert bench.open() == ["2026-05-12.0"]
    store.erasures.bury("mara", bench.clock.now)
    bench.run_until(1)
    assert bench.channels["inbox"].keys == []


def test_erased_in_the_middle_of_a_send_nothing_comes_back(store: Store) -> None:
    bench = filled(store, until=6.8)
    bench.channels["inbox"].before = lambda: store.erasures.erase("mara", lambda: NOON)
    bench.run_until(1)
    assert len(bench.channels["inbox"].keys) == 1, "the server had it already"
    assert held_of(store.database, "mara") == {}


def test_the_clock_plans_nothing_more(store: Store) -> None:
    bench = filled(store)
    store.erasures.erase("mara", lambda: NOON)
    bench.run_until(48, timedelta(hours=1))
    assert held_of(store.database, "mara") == {}


def test_who_writes_without_a_fence_asks_first(store: Store) -> None:
    filled(store)
    store.erasures.bury("mara", NOON)
    with store.database.write() as on, pytest.raises(Erased, match="reveille erase mara --lift"):
        refuse_erased(on, "mara")
    with store.database.write() as on:
        refuse_erased(on, "zoe")
    before = rows_of(store)
    writes: list[Callable[[], object]] = [
        lambda: store.accounts.register("mara", {"mail": "maildir"}),
        lambda: store.accounts.sight("mara", ["x@reveille.invalid"], NOON),
        lambda: store.approvals.file(a_proposal("mara")),
        lambda: activated(store, "mara"),
    ]
    for write in writes:
        with pytest.raises(Erased):
            write()
    assert rows_of(store) == before


def activated(store: Store, person: str) -> None:
    with store.database.write() as on:
        store.revisions.put(on, person, "d2", "me: {}\n", NOON)


def test_it_may_be_lifted_once_it_has_ended(store: Store) -> None:
    bench = filled(store)
    store.erasures.bury("mara", NOON)
    assert not store.erasures.lift("mara"), "it is under way"
    store.erasures.erase("mara", lambda: NOON)
    assert store.erasures.lift("mara")
    assert not store.erasures.lift("mara")
    with store.database.write() as on:
        refuse_erased(on, "mara")
    bench.activate(replace(MORNING))
    assert people(store.database) == ["mara"]


def test_an_erased_person_stays_erased_in_a_restored_copy(new_store: Stores, tmp_path: Path) -> None:
    from tests.keeping import backed_up, restorer

    store, copy = new_store(), new_store()
    bench = filled(store)
    store.erasures.bury("mara", NOON)
    backed_up(store, tmp_path / "b", bench)
    restorer(copy, tmp_path / "secret").restore(tmp_path / "b", bench.clock.now)
    assert Erasures(copy.database, copy.artefacts).began("mara")
    copy.erasures.erase("mara", lambda: NOON)
    assert not any(rows for name, rows in rows_of(copy).items() if name not in {"erasure", "instance"})
