"""Connections that PostgreSQL ended while they lay in the pool."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from service.domain.delivery import Draft
from service.domain.ledger import Cadence, Every, Slot, State
from service.errors import Unavailable
from service.ports import Occasion
from service.store import EVERYBODY, Store, acting_as, open_store
from service.store.database import Database
from tests.household import Bench, a_draft
from tests.services import Postgres


@pytest.mark.parametrize("kind", ["read", "write", "rebuild"])
def test_a_connection_that_was_cut_is_changed_for_a_new_one(postgres_server: Postgres, postgres_url: str, kind: str) -> None:
    with closing(Database(postgres_url)) as database, acting_as(EVERYBODY):
        transaction = getattr(database, kind)
        with transaction() as on:
            on.execute(text("SELECT 1"))
        assert postgres_server.cut() == 1
        with transaction() as on:
            assert on.execute(text("SELECT current_setting('reveille.person')")).scalar() == "*"


@pytest.mark.slow
@pytest.mark.parametrize("together", [False, True])
def test_a_run_that_ends_while_the_database_is_away_counts_as_no_death(
    postgres_server: Postgres, postgres_url: str, tmp_path: Path, together: bool
) -> None:
    """However often: the row is let go of as soon as the database is back, long before its lease runs out."""
    with acting_as(EVERYBODY), closing(open_store(postgres_url, tmp_path, secret=b"test")) as store:
        bench = Bench(store, cadences=(Cadence("mara", "a", "morning", Every(timedelta(days=30)), ("inbox",)),))
        slot = Slot("2026-05-12.0", bench.clock.now, bench.clock.now, bench.clock.now + timedelta(hours=4))
        with store.database.write() as on:
            id = store.ledger.insert(on, "mara", "a", "morning", slot)
        assert id

        def say(occasion: Occasion, now: datetime) -> Draft:
            postgres_server.kill()
            return a_draft(occasion, now)

        bench.job.say, runner = say, bench.runner()
        for _ in range(3):
            if together:
                runner.run_fresh([id])
            else:
                with pytest.raises(Unavailable):
                    runner.run(id)
            assert runner.owed
            postgres_server.start()
            runner.owed.settle()
            row = store.ledger.get(id)
            assert row
            assert (row.state, row.deaths, row.lease_until, bool(runner.owed)) == (State.DUE, 0, None, False)
        bench.job.say = a_draft
        runner.run(id)
        assert len(bench.channels["inbox"].keys) == 1


def test_what_somebody_else_took_meanwhile_stays_theirs(store: Store) -> None:
    now, lease = datetime(2026, 11, 20, tzinfo=UTC), timedelta(minutes=1)
    with store.database.write() as on:
        id = store.ledger.insert(on, "mara", "a", "morning", Slot("2026-11-20.0", now, now, now + timedelta(hours=4)))
    assert id
    mine = store.ledger.claim(id, now, lease)
    theirs = store.ledger.claim(id, now + 2 * lease, lease)
    assert mine
    assert theirs
    assert theirs.deaths == 1
    store.ledger.let_go({id: mine.fence}, now + 2 * lease)
    row = store.ledger.get(id)
    assert row
    assert (row.state, row.fence, row.deaths, row.lease_until) == (State.PREPARING, theirs.fence, 0, now + 3 * lease)
