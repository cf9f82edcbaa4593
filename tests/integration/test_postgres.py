"""What only PostgreSQL has: each row for its person, months as partitions, one time for all, locks where SQLite has one for all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from service.domain.ledger import Occurrence, Slot
from service.errors import Unavailable
from service.store import EVERYBODY, Store, acting_as, open_store, partitions, tables
from service.store.instance import DatabaseTime
from tests.household import START, Bench, timed
from tests.services import Postgres

pytestmark = pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
LEASE = timedelta(seconds=90)
PERSONAL = [table for table in tables.metadata.sorted_tables if "person" in table.c]


@pytest.fixture
def two_people(store: Store) -> Store:
    for person in ("mara", "noor"):
        store.accounts.register(person, {"mail": "maildir"})
        slot = Slot("2026-05-12.0", START, START, START + timedelta(hours=4))
        with store.database.write() as on:
            store.ledger.insert(on, person, "morning", "morning", slot)
    return store


# --- each row for its person -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", PERSONAL, ids=lambda table: str(table.name))
def test_every_table_with_a_person_is_secured(store: Store, table: object) -> None:
    query = text("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = :name")
    with store.database.read() as on:
        assert on.execute(query, {"name": str(table.name)}).scalar_one()  # type: ignore[attr-defined]


def test_partitions_are_secured_like_their_tables(store: Store) -> None:
    query = text(
        "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    with store.database.read() as on:
        assert on.execute(query).scalars().all() == []


def test_a_query_that_forgets_its_person_sees_one_person(two_people: Store) -> None:
    everything = select(tables.account.c.person), select(tables.occurrence.c.person)
    for query in everything:
        with acting_as("mara"), two_people.database.read() as on:
            assert on.execute(query).scalars().all() == ["mara"]


def test_who_acts_as_nobody_sees_nothing(two_people: Store) -> None:
    with acting_as(""), two_people.database.read() as on:
        assert on.execute(select(tables.account)).all() == []
    with acting_as(EVERYBODY), two_people.database.read() as on:
        assert len(on.execute(select(tables.account)).all()) == 2


def test_a_query_for_another_person_sees_nothing_and_changes_nothing(two_people: Store) -> None:
    of_noor = tables.account.c.person == "noor"
    with acting_as("mara"), two_people.database.write() as on:
        assert on.execute(select(tables.account).where(of_noor)).all() == []
        assert on.execute(update(tables.account).where(of_noor).values(error="overwritten")).rowcount == 0
    assert two_people.accounts.all("noor")[0].error == ""


def test_a_row_for_another_person_is_refused(two_people: Store) -> None:
    row = {"person": "noor", "message_id": "<a@b>", "seen_at": START}
    with pytest.raises(ProgrammingError, match="row-level security"):
        with acting_as("mara"), two_people.database.write() as on:
            on.execute(insert(tables.sighting).values(row))


@pytest.mark.parametrize("name", ["o'brien", "x'; SELECT set_config('reveille.person', '*', true); --", 'a"b', "ä\\"])
def test_a_name_is_never_sql(two_people: Store, name: str) -> None:
    with acting_as(name), two_people.database.read() as on:
        assert on.execute(text("SELECT current_setting('reveille.person')")).scalar_one() == name
        assert on.execute(select(tables.account)).all() == []


def test_a_person_acted_for_is_forgotten_with_the_transaction(two_people: Store) -> None:
    """Connections are pooled: whoever gets it next is not the last one."""
    with acting_as("mara"), two_people.database.read() as on:
        on.execute(select(tables.account)).all()
    with acting_as("noor"), two_people.database.read() as on:
        assert on.execute(select(tables.account.c.person)).scalars().all() == ["noor"]


def test_a_run_acts_as_its_person(store: Store) -> None:
    bench = Bench(store)
    bench.clock.forward(hours=7)
    seen = []
    prepare = bench.job.say

    def say(occasion: object, now: datetime) -> object:
        with store.database.read() as on:
            seen.append(on.execute(text("SELECT current_setting('reveille.person')")).scalar_one())
        return prepare(occasion, now)  # type: ignore[arg-type]

    bench.job.say = say  # type: ignore[assignment]
    bench.tick()
    assert seen == ["mara"]
    assert bench.ended() == [("2026-05-12.0", "sent", "")]


# --- months --------------------------------------------------------------------------------------------------------------


def rows_of(store: Store, table: str) -> int:
    with store.database.read() as on:
        return int(on.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_month_is_made_ahead_and_takes_its_rows(store: Store) -> None:
    partitions.make(store.database, START)
    bench = Bench(store)
    bench.clock.forward(hours=7)
    bench.tick()
    assert (rows_of(store, "occurrence_202605"), rows_of(store, "occurrence_default")) == (1, 0)
    assert rows_of(store, "delivery_202605") == rows_of(store, "told_202605") == 1
    partitions.make(store.database, START)  # again: nothing to do


def test_a_month_that_has_ended_goes_as_a_whole(store: Store) -> None:
    partitions.make(store.database, START)
    bench = Bench(store)
    bench.clock.forward(hours=7)
    bench.tick()
    assert partitions.drop(store.database, START) == 0  # it isn't over
    assert partitions.drop(store.database, START + timedelta(days=40)) == 1
    assert bench.ended() == []
    assert rows_of(store, "delivery") == 0


def test_a_month_with_something_open_stays(store: Store) -> None:
    partitions.make(store.database, START)
    bench = Bench(store)
    bench.clock.forward(hours=7)
    bench.plan()
    assert partitions.drop(store.database, START + timedelta(days=40)) == 0
    assert bench.open() == ["2026-05-12.0"]


# --- locks and faults ------------------------------------------------------------------------------------------------------


def at_once(*calls: Callable[[], object]) -> list[object]:
    """All of them in threads, begun together."""
    barrier, results = Barrier(len(calls)), list[object](calls)

    def call(i: int) -> None:
        with acting_as(EVERYBODY):
            barrier.wait()
            results[i] = calls[i]()

    threads = [Thread(target=call, args=(i,)) for i in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_two_rows_of_one_cadence_one_is_worked_on(store: Store) -> None:
    for round_ in range(10):
        ids = []
        with store.database.write() as on:
            for n in (1, 2):
                slot = Slot(f"2026-05-{round_ + 1:02}.{n}", START, START, START + timedelta(hours=4))
                ids.append(store.ledger.insert(on, "mara", f"c{round_}", "morning", slot))
        claims = at_once(*(partial(store.ledger.claim, id, START, LEASE) for id in ids))
        assert len([c for c in claims if isinstance(c, Occurrence)]) == 1


def test_of_two_workers_one_claims(store: Store) -> None:
    slot = Slot("2026-05-12.0", START, START, START + timedelta(hours=4))
    with store.database.write() as on:
        id = store.ledger.insert(on, "mara", "morning", "morning", slot)
    assert id
    claims = at_once(*[lambda: store.ledger.claim(id, START, LEASE)] * 4)
    assert len([c for c in claims if c]) == 1


def test_two_clocks_at_once_plan_everything_once(store: Store) -> None:
    cadences = tuple(timed(Bench(store).cadences["morning"].timing, name=f"c{n}") for n in range(40))
    bench = Bench(store, cadences=cadences)
    now = bench.clock.forward(hours=7)
    rung = [ring.id for rings in at_once(*[lambda: bench.planner.tick(now)] * 3) for ring in rings]  # type: ignore[attr-defined]
    bench.planner.tick(now)
    assert len(bench.open()) == 40
    assert len(rung) == len(set(rung))


def test_a_connection_that_was_cut_is_made_anew(store: Store, postgres_server: Postgres) -> None:
    store.accounts.register("mara", {"mail": "maildir"})
    postgres_server.cut()
    assert [a.name for a in store.accounts.all("mara")] == ["mail"]


def test_a_server_that_is_away_is_unavailable_and_then_back(store: Store, postgres_server: Postgres) -> None:
    postgres_server.stop()
    try:
        with pytest.raises(Unavailable, match="does not answer"):
            store.accounts.all("mara")
    finally:
        postgres_server.start()
    assert store.accounts.all("mara") == []


def test_its_secret_is_the_same_for_every_machine(new_database: Callable[[Path], str], tmp_path: Path) -> None:
    url = new_database(tmp_path)
    one, other = (open_store(url, tmp_path, secret=tmp_path / name / "secret") for name in "ab")
    try:
        assert one.deliveries._secret == other.deliveries._secret
        assert len(one.deliveries._secret) == 32
    finally:
        one.close()
        other.close()


# --- time ----------------------------------------------------------------------------------------------------------------


def test_time_is_the_databases(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = DatabaseTime(store.database)
    monkeypatch.setattr("service.store.instance.utc_now", lambda: datetime(2001, 1, 1, tzinfo=UTC))
    with store.database.read() as on:
        told: datetime = on.execute(text("SELECT clock_timestamp()")).scalar_one()
    assert abs(clock() - told) < timedelta(seconds=5)
    assert clock().utcoffset() == timedelta()


def test_time_goes_on_while_the_database_is_away(
    store: Store, postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = DatabaseTime(store.database)
    before = clock()
    monkeypatch.setattr("service.store.instance.ASK_AGAIN", 0.0)
    postgres_server.stop()
    try:
        assert before <= clock() < before + timedelta(minutes=2)
    finally:
        postgres_server.start()


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path) -> Iterator[None]:
    """Nothing may lie about where the test was started."""
    here = set(os.listdir("."))  # noqa: PTH208
    yield
    assert set(os.listdir(".")) <= here  # noqa: PTH208
