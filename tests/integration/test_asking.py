"""Questions that were made once: the same answers from either database, in a snapshot or out of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, select

from service.errors import Unavailable
from service.store import Store, acting_as, open_store, tables

AT = datetime(2026, 5, 12, 5, 0, tzinfo=UTC)
_s = tables.sighting
SEEN_BY = select(_s).where(_s.c.person == bindparam("person")).order_by(_s.c.message_id)
AMONG = (
    select(_s.c.message_id, _s.c.seen_at)
    .where(_s.c.person == bindparam("person"), _s.c.message_id.in_(bindparam("ids", expanding=True)))
    .where(_s.c.seen_at >= bindparam("since"))
)


def see(store: Store, *ids: str) -> None:
    with store.database.write() as on:
        on.execute(insert(_s), [{"person": "dana", "message_id": id, "seen_at": AT} for id in ids])


def test_rows_come_by_name_with_their_types(store: Store) -> None:
    with acting_as("dana"):
        see(store, "a", "b")
        (row, _) = store.database.ask(SEEN_BY, person="dana")
        assert (row.person, row.message_id, row.seen_at) == ("dana", "a", AT)
        assert row.seen_at.utcoffset() == timedelta()


@pytest.mark.parametrize(
    ("ids", "found"), [([], []), (["b"], ["b"]), (["b", "x", "a"], ["a", "b"]), (['c,"{d}\\\\'], ['c,"{d}\\\\'])]
)
def test_a_list_of_any_length_is_one_value(store: Store, ids: list[str], found: list[str]) -> None:
    with acting_as("dana"):
        see(store, "a", "b", 'c,"{d}\\\\')
        assert sorted(r.message_id for r in store.database.ask(AMONG, person="dana", ids=ids, since=AT)) == found


def test_at_once_nothing_is_asked_twice_nor_anything_later_seen(store: Store) -> None:
    with acting_as("dana"):
        see(store, "a")
        with store.database.at_once([(SEEN_BY, {"person": "dana"}), (AMONG, {"person": "dana", "ids": ["z"], "since": AT})]):
            assert [r.message_id for r in store.database.ask(SEEN_BY, person="dana")] == ["a"]
            see(store, "z")
            assert [r.message_id for r in store.database.ask(SEEN_BY, person="dana")] == ["a"]
            assert store.database.ask(AMONG, person="dana", ids=["z"], since=AT) == []
        assert [r.message_id for r in store.database.ask(SEEN_BY, person="dana")] == ["a", "z"]


def test_a_snapshot_is_not_shared_with_who_acts_for_somebody_else(store: Store) -> None:
    with acting_as("dana"), store.database.at_once():
        assert store.database.ask(SEEN_BY, person="dana") == []
        see(store, "a")
        with acting_as("finn"):
            seen = [r.message_id for r in store.database.ask(SEEN_BY, person="dana")]
        assert seen == (["a"] if store.database.is_sqlite else [])  # row-level security, where there is some


def test_a_connection_that_is_cut_in_a_snapshot_is_unavailable_and_replaced(postgres_url: str, tmp_path: Path) -> None:
    store = open_store(postgres_url, tmp_path)
    with acting_as("dana"):
        with pytest.raises(Unavailable):
            _asked_over_a_cut(store)
        assert store.database.ask(SEEN_BY, person="dana") == []
    store.close()


def _asked_over_a_cut(store: Store) -> None:
    with store.database.at_once():
        store.database.ask(SEEN_BY, person="dana")
        with store.database.write() as on:
            on.exec_driver_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'")
        store.database.ask(AMONG, person="dana", ids=["a"], since=AT)
