"""An account has one listener, however many processes there are, and a dead one is replaced once its lease has run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from service.domain.sync import Hearing
from service.store import Store
from service.store.doorbells import NOTHING, Doorbells, Where

NOW = datetime(2026, 11, 20, 7, tzinfo=UTC)
LEASE = timedelta(seconds=90)
KINDS = frozenset({"imap"})


@pytest.fixture
def doorbells(store: Store) -> Doorbells:
    for number in range(9):
        store.accounts.register(f"p{number}", {"mail": "imap", "notes": "notes"})
    return store.doorbells


def claim(doorbells: Doorbells, holder: str, now: datetime = NOW, most: int = 100, person: str = "") -> Sequence[Where]:
    doorbells.renew(holder, now, LEASE)
    return doorbells.claim(holder, KINDS, now, LEASE, most, person)


def test_one_listener_takes_all_that_may_ring_once(doorbells: Doorbells) -> None:
    assert {where.account for where in claim(doorbells, "a")} == {"mail"}
    assert claim(doorbells, "a") == ()
    assert len(doorbells.renew("a", NOW, LEASE)) == 9


def test_several_share_them_evenly(doorbells: Doorbells) -> None:
    for holder in "abc":
        doorbells.renew(holder, NOW, LEASE)
    taken = {holder: claim(doorbells, holder) for holder in "abc"}
    assert {holder: len(some) for holder, some in taken.items()} == {"a": 3, "b": 3, "c": 3}
    assert len(set().union(*taken.values())) == 9


def test_who_comes_later_is_given_a_share(doorbells: Doorbells) -> None:
    mine = claim(doorbells, "a")
    assert claim(doorbells, "b") == ()
    surplus = doorbells.surplus("a", KINDS, NOW)
    assert surplus == 4
    doorbells.release("a", mine[:surplus])
    assert set(claim(doorbells, "b")) == set(mine[:4])
    assert doorbells.surplus("a", KINDS, NOW) == doorbells.surplus("b", KINDS, NOW) == 0


def test_a_dead_one_is_replaced_when_its_lease_has_run_out(doorbells: Doorbells) -> None:
    claim(doorbells, "a")
    assert claim(doorbells, "b", NOW + LEASE - timedelta(seconds=1)) == ()
    late = NOW + LEASE + timedelta(seconds=1)
    assert len(claim(doorbells, "b", late)) == 9
    assert doorbells.renew("a", late, LEASE) == frozenset(), "it comes back, and what it held is another's"


def test_who_ends_frees_its_own_at_once(doorbells: Doorbells) -> None:
    claim(doorbells, "a")
    doorbells.release("a")
    assert len(claim(doorbells, "b")) == 9


def test_no_more_than_it_may_and_of_one_person_only(doorbells: Doorbells) -> None:
    assert len(claim(doorbells, "a", most=2)) == 2
    assert claim(doorbells, "b", person="p8") == [Where("p8", "mail")]


def test_what_has_nothing_to_listen_to_is_looked_at_later(doorbells: Doorbells, store: Store) -> None:
    where = claim(doorbells, "a", most=1)[0]
    doorbells.tell("a", where, Hearing.ABSENT, "nothing is set up to listen to", NOW)
    assert doorbells.renew("a", NOW, LEASE) == frozenset()
    assert where not in claim(doorbells, "a", NOW + LEASE * 2)
    assert where in claim(doorbells, "a", NOW + NOTHING + timedelta(seconds=1))


def test_its_account_shows_how_it_is(doorbells: Doorbells, store: Store) -> None:
    where = claim(doorbells, "a", most=1)[0]
    doorbells.tell("a", where, Hearing.LISTENING, "", NOW)
    mail, notes = store.accounts.all(where.person)
    assert notes.bell is None
    assert mail.bell is not None
    assert mail.bell.rings(NOW)
    assert not mail.bell.rings(NOW + LEASE), "nobody has said so since"
    store.accounts.forget(where.person, "mail")
    assert doorbells.renew("a", NOW, LEASE) == frozenset()
