"""An export holds all of a person, opened, and nothing of another."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import update

from service.errors import ConfigError, ReveilleError
from service.store import Store, tables
from service.store.codec import Codec
from service.store.erasure import held_of, personal
from service.store.portrait import Portrait
from tests.builders import NOON
from tests.keeping import filled

Stores = Callable[..., Store]


def exported(store: Store, file: Path, person: str = "mara") -> zipfile.ZipFile:
    Portrait(store.database, store.codec, store.artefacts).export(person, file, NOON)
    return zipfile.ZipFile(file)


def documents(zip: zipfile.ZipFile, name: str) -> list[Any]:
    return [json.loads(line) for line in zip.read(name).decode().split("\n") if line]


@pytest.mark.parametrize("keys", [[], [Fernet.generate_key().decode()]])
def test_every_row_of_the_person_is_in_it_opened(new_store: Stores, tmp_path: Path, keys: list[str]) -> None:
    store = new_store(keys=keys)
    filled(store)
    filled(store, "zoe")
    with exported(store, tmp_path / "mara.zip") as zip:
        assert zip.testzip() is None
        held = held_of(store.database, "mara")
        items = [d for name in zip.namelist() if name.startswith("items/") for d in documents(zip, name)]
        assert len(items) == held.pop("item") == 5
        for name, count in held.items():
            assert len(documents(zip, f"tables/{name}.jsonl")) == count, name
        whole = b"".join(zip.read(name) for name in zip.namelist())
        [message] = documents(zip, "items/message.jsonl")
    assert message["sealed"]["text"].startswith("Grüße aus Zürich 🌅")
    assert message["verdict"]["category"] == "needs_reply"
    assert b"zoe" not in whole
    assert b'"person": "mara"' in whole


def test_briefings_and_the_config_are_files_one_can_open(store: Store, tmp_path: Path) -> None:
    filled(store)
    with exported(store, tmp_path / "mara.zip") as zip:
        assert zip.read("config/0001.yaml") == b"me: {name: mara}\n"
        [folder] = {name.rpartition("/")[0] for name in zip.namelist() if name.startswith("briefings/")}
        assert folder.startswith("briefings/2026-05-12_0500Z_morning_")
        assert "Good morning." in zip.read(f"{folder}/said.txt").decode()
        assert zip.read(f"{folder}/m.txt") == b"Good morning."


def test_its_page_says_what_each_part_is(store: Store, tmp_path: Path) -> None:
    filled(store)
    with exported(store, tmp_path / "mara.zip") as zip:
        page = zip.read("README.txt").decode()
    assert all(table.name in page for table in personal() if table.name not in {"item", "revision"})


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)  # PostgreSQL keeps no NUL
def test_names_that_came_from_a_config_stay_inside(store: Store, tmp_path: Path) -> None:
    filled(store)
    with store.database.write() as on:
        on.execute(update(tables.occurrence).values(cadence="../../../etc/cron"))
        on.execute(update(tables.artefact).values(name="../../x\0y"))
    with exported(store, tmp_path / "mara.zip") as zip:
        assert not [name for name in zip.namelist() if ".." in name.split("/") or name.startswith("/") or "\0" in name]
        assert zip.testzip() is None


def test_a_file_that_is_there_stays(store: Store, tmp_path: Path) -> None:
    (tmp_path / "mara.zip").write_text("mine")
    with pytest.raises(ReveilleError, match="there already"):
        exported(store, tmp_path / "mara.zip")
    assert (tmp_path / "mara.zip").read_text() == "mine"


def test_with_a_wrong_key_there_is_no_file(new_store: Stores, tmp_path: Path) -> None:
    store = new_store(keys=[Fernet.generate_key().decode()])
    filled(store)
    wrong = Portrait(store.database, Codec([Fernet.generate_key().decode()]), store.artefacts)
    with pytest.raises(ConfigError, match="does not open"):
        wrong.export("mara", tmp_path / "mara.zip", NOON)
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_its_owner_alone_can_read_it(store: Store, tmp_path: Path) -> None:
    exported(store, tmp_path / "mara.zip").close()
    assert stat.S_IMODE((tmp_path / "mara.zip").stat().st_mode) == 0o600


def test_files_that_have_aged_out_are_counted(store: Store, tmp_path: Path) -> None:
    filled(store)
    with store.database.read() as on:
        for path in on.execute(tables.artefact.select().with_only_columns(tables.artefact.c.path)).scalars():
            store.artefacts.remove(path)
    counts = Portrait(store.database, store.codec, store.artefacts).export("mara", tmp_path / "mara.zip", NOON)
    assert counts["missing"] == 1
