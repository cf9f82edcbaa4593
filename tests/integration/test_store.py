"""What the store keeps: migrations without drift, instants, sealing, held refs, pages and fences."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.event import listen

from service.domain.items import Message
from service.domain.sync import Account, Delete, Health, Moved, Page, Problem, Upsert
from service.errors import ConfigError, FenceLost, Unavailable
from service.store import Store, fernet_key, migrate, tables
from service.store.codec import Codec
from service.store.database import Database
from service.store.migrate import HEAD
from service.store.place import instance_secret
from service.store.tables import metadata
from service.store.types import UtcDateTime
from tests.builders import NOON, a_message, a_verdict

LEASE = timedelta(minutes=5)
ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)


def an_account(store: Store) -> Account:
    store.accounts.register("mara", {"mail": "maildir"})
    account = store.accounts.claim("mara", "mail", NOON, LEASE)
    assert account is not None
    return account


def put(store: Store, account: Account, *changes: Upsert | Delete | Moved, cursor: str = "1") -> None:
    store.accounts.commit(account, Page(changes, cursor), {}, NOON, LEASE)


def stored(store: Store) -> list[Message]:
    with store.database.read() as on:
        rows = on.execute(select(tables.item.c.sealed).where(tables.item.c.kind == "message")).scalars()
        return [store.codec.unpack(row, Message) for row in rows]


def test_migrations_lead_to_the_tables_without_drift(store: Store) -> None:
    with store.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_no_partition})
        found = compare_metadata(context, metadata)
        drift = [change for change in found if not (isinstance(change, tuple) and _is_meant(store, change))]
        assert drift == []


def _is_no_partition(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or re.search(r"_(\d{6}|default)$", name or "") is None


def _is_meant(store: Store, change: Any) -> bool:
    """On PostgreSQL a partitioned table can't say what its ids say already (a notice goes once to a channel: there is a plain
    index instead), and every foreign key between two of them is shown once more for each pair of their partitions.
    """
    if store.database.is_sqlite:
        return False
    if change[0] == "remove_fk":
        return bool(re.search(r"_(\d{6}|default)\.", str(change[1].elements[0].target_fullname)))
    return str(change[1].name) in {"uq_delivery_notice_channel", "ix_delivery_notice"}


def test_the_named_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_instants_come_back_as_the_same_moment_in_utc(store: Store) -> None:
    local = NOON.astimezone(timezone(timedelta(hours=13)))
    store.accounts.register("mara", {"mail": "maildir"})
    account = store.accounts.claim("mara", "mail", local, LEASE)
    assert account is not None
    store.accounts.finish(account, local, ())
    [read] = store.accounts.all("mara")
    assert read.read_at == NOON
    assert read.read_at.utcoffset() == timedelta()


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(NOON.replace(tzinfo=None), None)  # type: ignore[arg-type]


def test_a_page_and_its_cursor_commit_together_or_not_at_all(store: Store) -> None:
    account = an_account(store)
    put(store, account, Upsert(a_message(id="a"), "cur/1", "s"), cursor="1")
    taken_over = store.accounts.claim("mara", "mail", NOON + 2 * LEASE, LEASE)
    assert taken_over is not None
    with pytest.raises(FenceLost):
        put(store, account, Upsert(a_message(id="b"), "cur/2", "s"), cursor="2")
    assert [m.id for m in stored(store)] == ["a"]
    assert store.accounts.all("mara")[0].cursor == "1"


def test_only_one_sync_of_an_account_at_a_time(store: Store) -> None:
    an_account(store)
    assert store.accounts.claim("mara", "mail", NOON, LEASE) is None


def test_an_item_lives_while_one_folder_holds_it(store: Store) -> None:
    account = an_account(store)
    message = a_message(id="a")
    put(store, account, Upsert(message, "inbox/1", "s"), Upsert(message, "archive/1", "s"))
    put(store, account, Delete("inbox/1"))
    assert [m.id for m in stored(store)] == ["a"]
    put(store, account, Delete("archive/1"))
    assert stored(store) == []


def test_a_ref_that_holds_something_else_now_lets_go_of_what_it_held(store: Store) -> None:
    account = an_account(store)
    put(store, account, Upsert(a_message(id="a"), "cur/1", "s1"))
    put(store, account, Upsert(a_message(id="b"), "cur/1", "s2"))
    assert [m.id for m in stored(store)] == ["b"]


def test_a_flag_change_is_kept_without_reading_the_message_again(store: Store) -> None:
    account = an_account(store)
    put(store, account, Upsert(a_message(id="a", text="hello"), "new/1", "s1"))
    put(store, account, Moved("new/1", "cur/1", "s2", flags=frozenset({"seen"})))
    [message] = stored(store)
    assert (message.flags, message.text) == (frozenset({"seen"}), "hello")
    assert store.accounts.held("mara", "mail") == {"cur/1": "s2"}


def test_one_takes_the_name_that_another_has_just_left(store: Store) -> None:
    account = an_account(store)
    one, other = a_message(id="one"), a_message(id="other", text="other")
    put(store, account, Upsert(one, "1", "s"), Upsert(other, "2", "s"))
    put(store, account, Moved("2", "3", "s2"), Moved("1", "2", "s2", flags=frozenset({"seen"})))
    assert store.accounts.held("mara", "mail") == {"3": "s2", "2": "s2"}
    put(store, account, Delete("2"))
    assert store.accounts.held("mara", "mail") == {"3": "s2"}


def test_what_lies_at_two_places_takes_what_both_say(store: Store) -> None:
    account = an_account(store)
    message = a_message(id="one", folder="INBOX")
    put(store, account, Upsert(message, "1", "s"), Upsert(message, "2", "s"))
    put(store, account, Moved("1", "1", "s2", flags=frozenset({"seen"})), Moved("2", "2", "s2", folder="Archive"))
    [kept] = stored(store)
    assert (kept.flags, kept.folder) == (frozenset({"seen"}), "Archive")


def test_reveilles_own_mail_is_held_but_never_an_item(store: Store) -> None:
    account = an_account(store)
    put(store, account, Upsert(a_message(id="own", own_briefing=True), "new/1", "s1"))
    assert stored(store) == []
    assert store.accounts.held("mara", "mail") == {"new/1": "s1"}


def test_what_is_held_is_read_once_it_is_looked_into(store: Store) -> None:
    asked: list[str] = []
    listen(store.database.engine, "before_cursor_execute", lambda *at: asked.append(at[2]))
    held = store.accounts.held("mara", "mail")
    assert asked == []
    assert ("cur/1" in held, len(held)) == (False, 0)
    assert len([statement for statement in asked if "held" in statement]) == 1


def test_problems_are_those_of_the_last_sync(store: Store) -> None:
    store.accounts.finish(an_account(store), NOON, [Problem("new/1", "no header"), Problem("new/2", "no header")])
    again = store.accounts.claim("mara", "mail", NOON, LEASE)
    assert again is not None
    store.accounts.finish(again, NOON, [Problem("new/2", "no header")])
    assert [p.where for p in store.accounts.all("mara")[0].problems] == ["new/2"]


def test_a_failing_account_says_since_when(store: Store) -> None:
    store.accounts.fail(an_account(store), Health.UNREACHABLE, "no route", NOON)
    again = store.accounts.claim("mara", "mail", NOON + LEASE, LEASE)
    assert again is not None
    store.accounts.fail(again, Health.UNREACHABLE, "no route", NOON + LEASE)
    [account] = store.accounts.all("mara")
    assert (account.health, account.failing_since, account.error) == (Health.UNREACHABLE, NOON, "no route")


def test_an_account_taken_out_of_the_config_takes_its_items_along(store: Store) -> None:
    put(store, an_account(store), Upsert(a_message(id="a"), "cur/1", "s"))
    store.accounts.register("mara", {"other": "mbox"})
    assert stored(store) == []
    assert [a.name for a in store.accounts.all("mara")] == ["other"]


def test_an_account_of_another_kind_begins_anew(store: Store) -> None:
    put(store, an_account(store), Upsert(a_message(id="a"), "cur/1", "s"))
    store.accounts.register("mara", {"mail": "imap"})
    [account] = store.accounts.all("mara")
    assert (account.kind, account.cursor, store.accounts.held("mara", "mail")) == ("imap", None, {})


@ON_SQLITE
def test_with_a_key_no_word_of_a_message_lies_in_the_file(new_store: Callable[..., Store]) -> None:
    store = new_store(keys=[fernet_key("a long and random passphrase")])
    account = an_account(store)
    message = a_message(id="a", subject="Zanzibar", text="the quokka clause", sender=a_message().sender)
    store.accounts.commit(
        account, Page((Upsert(message, "cur/1", "s"),), "1"), {"a": a_verdict(reasons=("quokka",))}, NOON, LEASE
    )
    assert [m.text for m in stored(store)] == ["the quokka clause"]
    file = Path(str(store.database.url.database))
    lying_there = file.read_bytes() + file.with_name(file.name + "-wal").read_bytes()
    for word in (b"Zanzibar", b"quokka", b"dana@atlas.example"):
        assert word not in lying_there


def test_a_wrong_key_is_named_and_nothing_is_lost() -> None:
    sealed = Codec([Fernet.generate_key().decode()]).seal(b"x")
    with pytest.raises(ConfigError, match="does not open this store"):
        Codec([Fernet.generate_key().decode()]).open(sealed)
    with pytest.raises(ConfigError, match="no key is configured"):
        Codec().open(sealed)


def test_an_old_key_still_opens_what_it_sealed() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    assert Codec([new, old]).open(Codec([old]).seal(b"x" * 2000)) == b"x" * 2000


def test_the_instance_secret_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "secret"
    assert instance_secret(file) == instance_secret(file)
    assert file.stat().st_mode & 0o777 == 0o600


@ON_SQLITE
def test_a_locked_database_is_unavailable_not_a_crash(store: Store) -> None:
    other = sqlite3.connect(str(store.database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        impatient = Database(str(store.database.url), busy=0.05)
        with pytest.raises(Unavailable, match="locked"), impatient.write():
            pass
        impatient.close()
    finally:
        other.close()


def test_a_pool_with_nothing_free_is_unavailable_not_a_crash(store: Store) -> None:
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    with pytest.raises(Unavailable, match="in use"), store.database.read():
        raise PoolTimeout
