"""A backup holds everything, is whole or not there, and comes back as it was."""

from __future__ import annotations

import base64
import gzip
import json
import os
import random
import stat
import tarfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import DateTime, MetaData, insert, select, text

from service.domain.proposals import Pass
from service.errors import ConfigError, ReveilleError, StoreUnusable, Unavailable
from service.store import Store, backup, migrate, rows, tables
from service.store.archive import Damaged, NotABackup, Writer, reading, writing
from service.store.backup import Begin, Content, Keeper, Manifest
from service.store.codec import Codec
from service.store.database import Database
from service.store.restore import NotEmpty, verify
from tests.builders import NOON
from tests.household import Bench, Killed
from tests.keeping import (
    SECRET,
    a_proposal,
    backed_up,
    files_of,
    filled,
    forged,
    is_empty,
    keeper,
    restorer,
    rows_of,
    secret_of,
    with_every_table,
    with_secret,
)

ON_SQLITE = pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)
Stores = Callable[..., Store]
LATER = timedelta(minutes=1)


def put_back(file: Path, into: Store, bench: Bench) -> Path:
    secret = file.with_name("new-secret")
    restorer(into, secret).restore(file, bench.clock.now + LATER)
    return secret


def members(file: Path) -> dict[str, bytes]:
    with reading(file) as (_, some):
        return dict(some)


# --- there and back ----------------------------------------------------------------------------------------------------


def test_every_row_and_file_comes_back_as_it_was(new_store: Stores, tmp_path: Path) -> None:
    store, copy = new_store(), new_store()
    bench = with_every_table(store)
    before = rows_of(store)
    assert all(before.values()), "the test is about every table"
    made = backed_up(store, tmp_path / "b", bench)
    secret = put_back(tmp_path / "b", copy, bench)
    after = rows_of(copy)
    let_go = {"account", "approval"}  # leases, fences, and a yes that may have been acted upon
    assert {n: r for n, r in after.items() if n not in let_go} == {n: r for n, r in before.items() if n not in let_go}
    assert {name: len(some) for name, some in after.items()} == {name: len(some) for name, some in before.items()}
    assert made.rows == sum(map(len, before.values())) + 1
    assert files_of(copy) == files_of(store) != {}
    assert secret_of(copy, secret) == SECRET
    assert not secret.exists() or stat.S_IMODE(secret.stat().st_mode) == 0o600


@ON_SQLITE
def test_no_table_and_no_kind_of_column_is_forgotten(store: Store, tmp_path: Path) -> None:
    made = keeper(store).backup(tmp_path / "b", NOON)
    assert set(made.tables) == set(tables.metadata.tables)
    with store.database.read() as on:
        there = set(on.execute(text("select name from sqlite_master where type = 'table'")).scalars())
    assert there - {"alembic_version"} == set(made.tables)
    for table in tables.metadata.tables.values():
        rows.shape(table)  # raises for a type that it could not keep


def test_what_is_written_meanwhile_is_not_in_it(new_store: Stores, tmp_path: Path) -> None:
    """One snapshot: the row of a later table isn't there while that of an earlier one is missing."""
    store, copy = new_store(), new_store()
    bench = filled(store)
    before = rows_of(store)

    def write(_: str) -> None:
        store.accounts.register("mara", {"mail": "maildir", f"more{len(store.accounts.all('mara'))}": "mbox"})
        store.acts.begin(Pass(a_proposal("mara", "m-mara"), "mara"), NOON, timedelta(minutes=1), NOON)

    watching = Keeper(store.database, store.codec, store.artefacts, SECRET, write)
    watching.backup(tmp_path / "b", bench.clock.now)
    put_back(tmp_path / "b", copy, bench)
    assert len(rows_of(store)["account"]) > 1
    assert len(rows_of(copy)["account"]) == len(before["account"]) == 1
    assert rows_of(copy)["proposal"] == before["proposal"]
    assert len(rows_of(store)["act"]) > 1
    assert rows_of(copy)["act"] == before["act"]


def test_a_file_that_ages_out_meanwhile_is_named_and_its_row_left_out(new_store: Stores, tmp_path: Path) -> None:
    store, copy = new_store(), new_store()
    bench = filled(store)
    for path in files_of(store):
        store.artefacts.remove(path)
    made = backed_up(store, tmp_path / "b", bench)
    assert len(made.missing) == len(rows_of(store)["artefact"]) == 1
    put_back(tmp_path / "b", copy, bench)
    assert rows_of(copy)["artefact"] == []


def test_any_tool_opens_it(store: Store, tmp_path: Path) -> None:
    backed_up(store, tmp_path / "b.tar.gz", filled(store))
    with tarfile.open(tmp_path / "b.tar.gz") as tar:
        names = tar.getnames()
    assert names[0] == "begin.json"
    assert names[-1] == "manifest.json"
    assert "tables/item/000000.jsonl" in names


def test_its_owner_alone_can_read_it(store: Store, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keeper(store).backup(tmp_path / "b", NOON)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o600


# --- whole or not at all -----------------------------------------------------------------------------------------------


def test_killed_or_failed_on_its_way_the_last_one_stays(store: Store, tmp_path: Path) -> None:
    bench = filled(store)
    backed_up(store, tmp_path / "b", bench)
    before = (tmp_path / "b").read_bytes()
    for trouble in (Killed(), OSError(28, "No space left on device"), Unavailable("the bucket is away")):

        def fails(name: str, trouble: BaseException = trouble) -> None:
            if name == "item":
                raise trouble

        with pytest.raises(type(trouble)):
            Keeper(store.database, store.codec, store.artefacts, SECRET, fails).backup(tmp_path / "b", NOON)
        assert (tmp_path / "b").read_bytes() == before
        assert [f.name for f in tmp_path.iterdir() if f.is_file()] == ["b"]


def test_what_a_killed_one_left_is_written_over(store: Store, tmp_path: Path) -> None:
    (tmp_path / ".b.part").write_bytes(b"x" * 1_000_000)
    (tmp_path / ".b.part").chmod(0o644)
    keeper(store).backup(tmp_path / "b", NOON)
    verify(tmp_path / "b")
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o600


def test_a_file_that_is_no_backup_is_never_replaced(store: Store, tmp_path: Path) -> None:
    (tmp_path / "reveille.yaml").write_text("me: {}\n")
    with pytest.raises(NotABackup, match="is no backup: it stays"):
        keeper(store).backup(tmp_path / "reveille.yaml", NOON)
    with pytest.raises(NotABackup, match="no backup of Reveille"):
        verify(tmp_path / "reveille.yaml")


def test_two_at_once_to_one_file_are_refused(store: Store, tmp_path: Path) -> None:
    with writing(tmp_path / "b"), pytest.raises(NotABackup, match="Another backup"):
        keeper(store).backup(tmp_path / "b", NOON)


def test_a_disk_that_is_full_in_the_middle_of_a_table_leaves_nothing_open(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(store)

    def full(_: object, name: str, _data: bytes) -> None:
        if name.startswith("tables/item/"):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "PART", 1)  # a member for every row
    monkeypatch.setattr(Writer, "add", full)
    with pytest.raises(OSError, match="No space"):
        keeper(store).backup(tmp_path / "b", NOON)
    assert [f.name for f in tmp_path.iterdir() if f.is_file()] == []


# --- damaged -----------------------------------------------------------------------------------------------------------


def test_a_flipped_bit_anywhere_is_found(store: Store, tmp_path: Path) -> None:
    backed_up(store, tmp_path / "b", filled(store))
    whole = (tmp_path / "b").read_bytes()
    chance = random.Random(7)
    places = [*range(40), *range(len(whole) - 110, len(whole)), *(chance.randrange(len(whole)) for _ in range(150))]
    for place in places:
        hurt = bytearray(whole)
        hurt[place] ^= 1 << chance.randrange(8)
        (tmp_path / "hurt").write_bytes(hurt)
        with pytest.raises((Damaged, NotABackup)):
            verify(tmp_path / "hurt")


@pytest.mark.parametrize("cut", [0, 10, 60, 5_000, -1])
def test_half_a_backup_is_found(store: Store, tmp_path: Path, cut: int) -> None:
    backed_up(store, tmp_path / "b", filled(store))
    (tmp_path / "half").write_bytes((tmp_path / "b").read_bytes()[:cut])
    with pytest.raises((Damaged, NotABackup)):
        verify(tmp_path / "half")


def test_a_damaged_one_leaves_the_place_empty(new_store: Stores, tmp_path: Path) -> None:
    store, copy = new_store(), new_store()
    bench = filled(store)
    backed_up(store, tmp_path / "b", bench)
    content = members(tmp_path / "b")
    row = content["tables/occurrence/000000.jsonl"]
    content["tables/occurrence/000000.jsonl"] = row.replace(b"morning", b"evening")
    with pytest.raises(Damaged, match="not what its manifest says"):
        put_back(forged(tmp_path / "forged", content), copy, bench)
    assert is_empty(copy)
    put_back(tmp_path / "b", copy, bench)


@pytest.mark.parametrize(
    "name",
    ["../../evil", "artefacts/../../evil", "artefacts//etc/evil", "artefacts/a/./b", "artefacts/a\\..\\b", "evil", "tables/x/1"],
)
def test_members_that_would_lie_elsewhere_are_refused(new_store: Stores, tmp_path: Path, name: str) -> None:
    store, copy = new_store(), new_store()
    bench = filled(store)
    backed_up(store, tmp_path / "b", bench)
    content = members(tmp_path / "b")
    last = content.pop("manifest.json")
    forged(tmp_path / "forged", content | {name: b"evil", "manifest.json": last})
    files = {str(f) for f in tmp_path.parent.rglob("*evil*")}
    with pytest.raises(Damaged):
        put_back(tmp_path / "forged", copy, bench)
    assert {str(f) for f in tmp_path.parent.rglob("*evil*")} == files
    assert is_empty(copy)


def test_a_row_that_points_outside_of_the_store_is_refused(new_store: Stores, tmp_path: Path) -> None:
    """It would have that file deleted when it ages out."""
    store, copy = new_store(), new_store()
    bench = filled(store)
    with store.database.write() as on:
        on.execute(tables.artefact.update().values(path="../../etc/passwd"))
    backed_up(store, tmp_path / "b", bench)
    with pytest.raises(Damaged, match="outside of the store"):
        put_back(tmp_path / "b", copy, bench)


@pytest.mark.parametrize("special", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, special: bytes) -> None:
    with writing(tmp_path / "b") as out:
        member = tarfile.TarInfo("begin.json")
        member.type, member.linkname = special, "/etc/passwd"
        out._tar.addfile(member)
    with pytest.raises(Damaged, match="which no backup does"):
        verify(tmp_path / "b")


@pytest.mark.parametrize("begin", [b"", b"[]", b"{}", b"[" * 100_000, b'{"format": 1}', b"\xff"])
def test_nonsense_with_a_right_digest_is_refused_in_words(tmp_path: Path, begin: bytes) -> None:
    with pytest.raises(Damaged):
        verify(forged(tmp_path / "b", {"begin.json": begin}))


def test_a_gzip_of_another_program_is_no_backup(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(gzip.compress(b"hello"))
    with pytest.raises(NotABackup):
        verify(tmp_path / "b")


# --- where to, and with what key ---------------------------------------------------------------------------------------


def test_nothing_is_put_over_what_is_there(new_store: Stores, tmp_path: Path) -> None:
    store, other = new_store(), new_store()
    bench = filled(store)
    backed_up(store, tmp_path / "b", bench)
    other.accounts.register("zoe", {"mail": "maildir"})
    before = rows_of(other)
    with pytest.raises(NotEmpty, match=r"account has 1 row.*REVEILLE_DATA to a new folder"):
        put_back(tmp_path / "b", other, bench)
    assert rows_of(other) == before


def test_another_instances_secret_is_not_replaced(new_store: Stores, tmp_path: Path) -> None:
    store, copy = new_store(), new_store()
    bench = filled(store)
    backed_up(store, tmp_path / "b", bench)
    with_secret(copy, tmp_path / "new-secret", b"another")
    with pytest.raises(NotEmpty, match="another instance's"):
        put_back(tmp_path / "b", copy, bench)
    assert is_empty(copy)
    assert secret_of(copy, tmp_path / "new-secret") == b"another"


def test_a_secret_that_is_there_already_and_the_same_stays(new_store: Stores, tmp_path: Path) -> None:
    store, copy = new_store(), new_store()
    bench = filled(store)
    backed_up(store, tmp_path / "b", bench)
    with_secret(copy, tmp_path / "new-secret", SECRET)
    assert secret_of(copy, put_back(tmp_path / "b", copy, bench)) == SECRET


def test_the_secret_lies_in_it_once_wherever_it_came_from(new_store: Stores, tmp_path: Path) -> None:
    store = new_store()
    with_secret(store, tmp_path / "secret", SECRET)
    keeper(store).backup(tmp_path / "b", NOON)
    content = members(tmp_path / "b")
    assert Codec().open(content["secret"]) == SECRET
    assert b'["serves"' in content["tables/instance/000000.jsonl"]
    assert b'["secret"' not in content["tables/instance/000000.jsonl"]


def test_killed_anywhere_on_the_way_back_it_can_be_started_again(new_store: Stores, tmp_path: Path) -> None:
    store, copy = new_store(), new_store()
    bench = filled(store)
    backed_up(store, tmp_path / "b", bench)
    done: list[str] = []
    restorer_ = restorer(copy, tmp_path / "secret")
    for stop in range(1, 40):

        def watch(_: str, stop: int = stop) -> None:
            done.append("")
            if len(done) == stop:
                raise Killed

        done.clear()
        try:
            type(restorer_)(copy.database, copy.codec, copy.artefacts, tmp_path / "secret", watch).restore(
                tmp_path / "b", bench.clock.now + LATER
            )
        except Killed:
            assert is_empty(copy)
        else:
            break
    assert stop > 10
    assert rows_of(copy)["item"] == rows_of(store)["item"]
    assert files_of(copy) == files_of(store)


def test_what_is_sealed_stays_sealed(new_store: Stores, tmp_path: Path) -> None:
    key = Fernet.generate_key().decode()
    store, copy = new_store(keys=[key]), new_store(keys=[key])
    bench = filled(store)
    assert backed_up(store, tmp_path / "b", bench).encrypted
    whole = b"".join(members(tmp_path / "b").values())
    assert b"Term sheet" not in whole
    assert SECRET not in whole
    assert verify(tmp_path / "b").encrypted, "without the key it can be checked, not read"
    put_back(tmp_path / "b", copy, bench)
    assert rows_of(copy)["item"] == rows_of(store)["item"]


@pytest.mark.parametrize(
    ("made_with", "opened_with", "words"),
    [
        ("one", "other", "does not open this backup. Set REVEILLE_KEY"),
        ("one", None, "does not open this backup. Set REVEILLE_KEY"),
        (None, "one", "is set, but this backup is not encrypted. Unset REVEILLE_KEY"),
    ],
)
def test_a_wrong_key_is_told_before_anything_is_put_back(
    new_store: Stores, tmp_path: Path, made_with: str | None, opened_with: str | None, words: str
) -> None:
    keys = {"one": [Fernet.generate_key().decode()], "other": [Fernet.generate_key().decode()], None: []}
    store, copy = new_store(keys=keys[made_with]), new_store(keys=keys[opened_with])
    bench = filled(store)
    backed_up(store, tmp_path / "b", bench)
    with pytest.raises(ConfigError, match=words):
        put_back(tmp_path / "b", copy, bench)
    assert is_empty(copy)
    assert files_of(copy) == {}


# --- other versions ----------------------------------------------------------------------------------------------------


FIRST = """
INSERT INTO cadence VALUES ('mara', 'morning', '{"job": "morning", "kind": "wall", "timing": {"at": ["07:00:00"]}, "to": [],
  "options": {}, "timezone": "Europe/Zurich", "holidays": ""}', '2026-05-13 04:50:00', '2026-05-12 05:00:00', 'd');
INSERT INTO occurrence (id, person, cadence, slot, job, prepare_at, due_at, useful_until, state, outcome, ended_at)
  VALUES ('o1', 'mara', 'morning', '2026-05-12.0', 'morning', '2026-05-12 04:50:00', '2026-05-12 05:00:00', '2026-05-12 09:00:00',
  'ended', 'sent', '2026-05-12 05:00:01');
INSERT INTO occurrence (id, person, cadence, slot, job, prepare_at, due_at, useful_until, state)
  VALUES ('o2', 'mara', 'evening', '2026-05-12.0', 'morning', '2026-05-12 15:50:00', '2026-05-12 16:00:00', '2026-05-12 19:00:00', 'due');
INSERT INTO notice VALUES ('n1', 'mara', 'o1', 'person', x'6a7b7d', '2026-05-12 04:50:00');
INSERT INTO delivery (id, person, occurrence, notice, channel, key, state)
  VALUES ('d1', 'mara', 'o1', 'n1', 'inbox', 'k', 'sent');
INSERT INTO told VALUES ('mara', 'o1', 'morning', 'f', '1', '2026-05-12 05:00:00')
"""


def of_the_first_schema(folder: Path) -> dict[str, bytes]:
    """What the first release would have written of a morning that was sent and an evening to come."""
    old = Database(f"sqlite:///{folder}/old.db")
    manifest = Manifest(NOON, "0001", encrypted=False)
    content = {}
    with old.write() as on:
        migrate.upgrade_on(on, old, "0001")
        for statement in FIRST.strip().split(";\n"):
            on.execute(text(statement))
        found = MetaData()
        found.reflect(on)
        for table in found.sorted_tables:
            if table.name == "alembic_version":
                continue
            kinds = ("time" if isinstance(c.type, DateTime) else rows.kind_of(c.type) for c in table.columns)
            shape = rows.Shape(table.name, tuple(zip(table.columns.keys(), kinds, strict=True)))
            lines = [shape.line(row) for row in on.execute(select(shape.table()))]
            manifest.tables[table.name] = Content()
            content[f"tables/{table.name}.json"] = json.dumps(shape.columns).encode()
            if lines:
                content[f"tables/{table.name}/000000.jsonl"] = b"".join(lines)
                manifest.tables[table.name].take(b"".join(lines), len(lines))
    old.close()
    begin = Begin(1, "0.1.0", "0001", NOON.isoformat(), False, base64.b64encode(Codec().seal(b"reveille")).decode(), "reveille")
    content["secret"] = Codec().seal(SECRET)
    return (
        {"begin.json": json.dumps(asdict(begin)).encode()} | content | {"manifest.json": json.dumps(manifest.document()).encode()}
    )


@ON_SQLITE
def test_a_backup_of_the_first_schema_is_brought_up(new_store: Stores, tmp_path: Path) -> None:
    """Rows that point at others survive that their tables are made anew."""
    copy = new_store()
    forged(tmp_path / "first", of_the_first_schema(tmp_path))
    restorer(copy, tmp_path / "secret").restore(tmp_path / "first", NOON + LATER)
    assert migrate.current(copy.database) == migrate.HEAD
    [sent] = copy.ledger.recent("mara")
    assert (sent.slot, sent.outcome) == ("2026-05-12.0", "sent")
    assert [d.key.value for d in copy.deliveries.of(sent.id)] == ["k"]
    assert copy.deliveries.told("mara", "morning", NOON) == {"f": "1"}
    assert [o.cadence for o in copy.ledger.open("mara")] == ["evening"], "it is due after the backup and the restore"
    assert secret_of(copy, tmp_path / "secret") == SECRET


@pytest.mark.parametrize("new_database", ["postgresql"], indirect=True)
def test_where_the_first_schema_never_ran_its_backup_is_refused(new_store: Stores, tmp_path: Path) -> None:
    """Its ledger would be let go of in silence."""
    copy = new_store()
    forged(tmp_path / "first", of_the_first_schema(tmp_path))
    with pytest.raises(StoreUnusable, match="Restore it on SQLite with this version"):
        restorer(copy, tmp_path / "secret").restore(tmp_path / "first", NOON + LATER)
    assert is_empty(copy)
    assert migrate.current(copy.database) == migrate.HEAD


def test_a_newer_backup_is_refused_in_words(new_store: Stores, tmp_path: Path) -> None:
    store, copy = new_store(), new_store()
    bench = filled(store)
    backed_up(store, tmp_path / "b", bench)
    content = members(tmp_path / "b")
    content["begin.json"] = content["begin.json"].replace(f'"{migrate.HEAD}"'.encode(), b'"9999"')
    with pytest.raises(StoreUnusable, match=r"newer Reveille .*Install that version") as told:
        put_back(forged(tmp_path / "newer", content), copy, bench)
    assert not isinstance(told.value, Damaged)


@ON_SQLITE
def test_rows_that_point_nowhere_are_refused(new_store: Stores, tmp_path: Path) -> None:
    store, copy = new_store(), new_store()
    bench = filled(store)
    with store.database.engine.connect() as on:
        on.exec_driver_sql("PRAGMA foreign_keys=OFF")
        on.execute(
            insert(tables.approval).values(
                dict(on.execute(select(tables.approval)).mappings().first() or {}) | {"proposal": "gone"}
            )
        )
        on.exec_driver_sql("PRAGMA foreign_keys=ON")
    backed_up(store, tmp_path / "b", bench)
    with pytest.raises(ReveilleError, match="point at others that are missing"):
        put_back(tmp_path / "b", copy, bench)
    assert is_empty(copy)
