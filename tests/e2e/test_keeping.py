"""`reveille backup`, `restore`, `export`, `erase` as a person types them."""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.driver import Limits, Process, Reveille, until
from tests.e2e.workspace import FOLDER, a_workspace, config, receive

DAILY = {"morning": '{at: "03:00", days: daily, audio: true}'}
KEY = "a key of thirty-two characters!!"


def a_day(folder: Path, **env: str) -> Reveille:
    """A workspace whose morning was sent."""
    reveille = a_workspace(folder, config(channels={"out": FOLDER}, cadences=DAILY), **env)
    done = reveille("run", "--once")
    assert done.code == 0, done
    return reveille


def moved(reveille: Reveille, to: Path) -> Reveille:
    """The same config and sources on another machine, where nothing ran yet."""
    to.mkdir()
    shutil.copytree(reveille.folder / "mail", to / "mail")
    shutil.copy(reveille.folder / "reveille.yaml", to)
    return Reveille(to, reveille.env)


def count(reveille: Reveille, table: str) -> int:
    return int(reveille.rows(f"select count(*) from {table}")[0][0])


def test_a_backup_made_while_the_service_runs_comes_back_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    old = a_day(tmp_path / "old")
    with old.started("run") as process:
        process.wait_for("is running for Mara")
        made = old("backup", tmp_path / "b")
        process.signal()
        process.ended(20)
    assert made.code == 0, made
    assert "It is not encrypted" in made.out
    assert old("backup", "--verify", tmp_path / "b").out.endswith("It is whole: every row and file is as it was written.\n")
    new = moved(old, tmp_path / "new")
    done = new("restore", tmp_path / "b")
    assert done.code == 0, done
    assert "must be stopped for good" in done.out
    sent = old.rows("select id, outcome, reason from occurrence where outcome = 'sent'")
    assert sent
    assert new.rows("select id, outcome, reason from occurrence where outcome = 'sent'") == sent
    assert count(new, "item") == count(old, "item")
    with new.started("run") as process:
        process.wait_for("is running for Mara")
        until(lambda: new.rows("select taken_up_at from restoration where taken_up_at is not null"), 20, process.state)
        process.signal()
        assert process.ended(20).code == 0
    assert not (tmp_path / "new" / "out").exists(), "nothing is sent again"


def test_it_is_never_put_over_what_is_there(tmp_path: Path) -> None:
    reveille = a_day(tmp_path)
    assert reveille("backup", "b").code == 0
    done = reveille("restore", "b")
    assert (done.code, "is not empty" in done.err, "REVEILLE_DATA to a new folder" in done.err) == (1, True, True)
    data = tmp_path / ".reveille"
    (data / "reveille.db").rename(tmp_path / "broken.db")
    (data / "reveille.db-wal").touch()
    done = reveille("restore", "b")
    assert (done.code, "left of another database" in done.err) == (1, True)
    (data / "reveille.db-wal").unlink()
    assert reveille("restore", "b").code == 0
    assert reveille("status").code == 0


def test_not_while_a_service_runs_there(tmp_path: Path) -> None:
    reveille = a_day(tmp_path)
    assert reveille("backup", "b").code == 0
    with reveille.started("run") as process:
        process.wait_for("is running for Mara")
        (tmp_path / ".reveille" / "reveille.db").rename(tmp_path / "moved.db")
        for end in ("-wal", "-shm"):
            (tmp_path / ".reveille" / f"reveille.db{end}").unlink(missing_ok=True)
        done = reveille("restore", "b")
    assert (done.code, "runs on" in done.err) == (1, True), done


def test_a_wrong_or_missing_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    old = a_day(tmp_path / "old", REVEILLE_KEY=KEY)
    assert "the key is not in it" in old("backup", tmp_path / "b").out
    new = moved(old, tmp_path / "new")
    for wrong in ("another key of enough length!", ""):
        done = new("restore", tmp_path / "b", env={"REVEILLE_KEY": wrong})
        assert (done.code, "does not open this backup" in done.err) == (3, True), done
    assert new("restore", tmp_path / "b").code == 0
    assert new("status").code == 0


def test_a_full_disk_leaves_no_half_backup(tmp_path: Path) -> None:
    reveille = a_day(tmp_path)
    done = reveille("backup", "b", limits=Limits(file_size=100_000))
    assert done.code == 1
    assert "room on its disk" in done.err
    assert not list(tmp_path.glob("*b*.part")) + list(tmp_path.glob("b"))
    assert reveille("backup", "b").code == 0
    data = tmp_path / "elsewhere"
    done = reveille("restore", "b", limits=Limits(file_size=60_000), env={"REVEILLE_DATA": str(data)})
    assert done.code in {1, 3, 4}
    assert "room" in done.err
    assert reveille("restore", "b", env={"REVEILLE_DATA": str(data)}).code == 0


def test_an_export_of_the_only_person(tmp_path: Path) -> None:
    reveille = a_day(tmp_path)
    done = reveille("export", "mine.zip")
    assert done.code == 0, done
    with zipfile.ZipFile(tmp_path / "mine.zip") as zip:
        names = zip.namelist()
    assert any(name.endswith(".mp3") for name in names)
    assert "items/message.jsonl" in names
    assert reveille("export", "nobody", "theirs.zip").code == 2
    assert "is there already" in reveille("export", "mine.zip").err


def test_erasing_asks_first_and_then_nothing_comes_back(tmp_path: Path) -> None:
    reveille = a_day(tmp_path)
    person = reveille.rows("select person from account")[0][0]
    done = reveille("erase")
    assert (done.code, "Nothing was erased" in done.err, "item" in done.out) == (1, True, True)
    assert count(reveille, "item") == 1
    with reveille.started("run") as process:
        process.wait_for("is running for Mara")
        done = reveille("erase", "--yes")
        assert done.code == 0, done
        assert f"Everything of {person} is erased" in done.out
        receive(tmp_path, "Are you there?", subject="After")
        assert process.is_running
        process.signal()
        process.ended(20)
    again = reveille("run", "--once")
    assert (again.code, f"reveille erase {person} --lift" in again.err) == (1, True)
    assert count(reveille, "item") + count(reveille, "occurrence") + count(reveille, "account") == 0
    assert not [path for path in (tmp_path / ".reveille" / "artefacts").rglob("*") if path.is_file()]
    assert reveille("erase", person, "--lift").code == 0
    assert reveille("run", "--once").code == 0
    assert count(reveille, "item") == 2


@pytest.mark.slow
def test_killed_on_its_way_each_can_be_run_again(tmp_path: Path) -> None:
    """Kill -9, with enough rows that there is a way."""
    reveille = a_workspace(tmp_path)
    assert reveille("status").code == 0
    person = reveille.rows("select person from account")[0][0]
    rows = 25_000
    with closing(sqlite3.connect(tmp_path / ".reveille" / "reveille.db")) as on, on:
        on.executemany(
            "insert into item (person, kind, id, account, own, sealed) values (?, 'note', ?, 'mail', 0, randomblob(1500))",
            ((person, str(n)) for n in range(rows)),
        )
    part, new = tmp_path / ".b.part", tmp_path / "new"

    killed(reveille, lambda: part.exists() and part.stat().st_size > 1_000_000, "backup", "b")
    assert not (tmp_path / "b").exists()
    assert reveille("backup", "b").code == 0

    there = {"REVEILLE_DATA": str(new)}
    wal = new / "reveille.db-wal"
    killed(reveille, lambda: wal.exists() and wal.stat().st_size > 5_000_000, "restore", "b", **there)
    assert reveille("restore", "b", env=there).code == 0
    with closing(sqlite3.connect(new / "reveille.db")) as on:
        assert on.execute("select count(*) from item").fetchone() == (rows,)

    killed(reveille, lambda: count(reveille, "item") < rows - 1000, "erase", person, "--yes")
    assert 0 < count(reveille, "item") < rows
    assert f"{rows:,}  item" in reveille("erase", person, "--yes").out
    assert count(reveille, "item") == 0
    assert reveille.rows("pragma integrity_check") == [("ok",)]


def killed(reveille: Reveille, midway: object, *words: str, **env: str) -> None:
    def then(process: Process) -> None:
        until(lambda: midway() or not process.is_running, 30, process.state)  # type: ignore[operator]
        assert process.is_running, f"it was done before it could be killed {process.state()}"
        process.kill()

    with reveille.started(*words, env=env) as process:
        then(process)
