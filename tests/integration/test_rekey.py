"""A new key takes over from an old one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select

from service.errors import ConfigError
from service.store import Store, fernet_key, tables
from service.store.codec import Codec
from service.store.instance import shared_secret
from service.store.rekey import rekey
from tests.builders import NOON
from tests.keeping import filled

OLD, NEW = fernet_key("the old passphrase"), fernet_key("the new passphrase")


def sealed_of(store: Store) -> list[bytes]:
    found = []
    with store.database.read() as on:
        for table in tables.metadata.sorted_tables:
            if "person" in table.c and table is not tables.credential:  # which the test keeps under a key of its own
                columns = [column for column in table.columns if isinstance(column.type, LargeBinary)]
                found += [value for row in (on.execute(select(*columns)) if columns else ()) for value in row if value]
    return found


def test_everything_sealed_is_sealed_anew_and_the_old_key_opens_nothing(new_store: Callable[..., Store]) -> None:
    store = new_store(keys=[OLD])
    filled(store)
    with store.database.write() as on:
        on.execute(tables.credential.delete())
    both, new, old = Codec([NEW, OLD]), Codec([NEW]), Codec([OLD])
    before = sealed_of(store)
    assert len(before) > 5
    counts = Counter[str]()
    for table, count in rekey(store.database, both):
        counts[table] += count
    after = sealed_of(store)
    assert sum(counts.values()) == len(before) == len(after)
    assert sorted(map(new.open, after)) == sorted(map(old.open, before))
    with pytest.raises(ConfigError):
        old.open(after[0])


def test_run_again_it_finds_nothing_to_do(new_store: Callable[..., Store]) -> None:
    store = new_store(keys=[OLD])
    with store.database.write() as on:
        store.revisions.put(on, "mara", "d", "me: {name: Mara}\n", NOON)
    both = Codec([NEW, OLD])
    assert sum(count for _, count in rekey(store.database, both)) == 1
    assert sum(count for _, count in rekey(store.database, both)) == 0


def test_the_secret_that_machines_share_goes_along(new_store: Callable[..., Store], tmp_path: Path) -> None:
    store = new_store(keys=[OLD])
    before = shared_secret(store.database, Codec([OLD]), tmp_path / "secret")
    for _ in rekey(store.database, Codec([NEW, OLD])):
        pass
    assert shared_secret(store.database, Codec([NEW]), tmp_path / "secret") == before


def test_what_lies_in_the_clear_stays_so() -> None:
    assert Codec([NEW]).resealed(Codec().seal(b"said")) is None
    assert Codec().resealed(Codec([OLD]).seal(b"said")) is None
