"""A disk without room or rights: said clearly, nothing lost, and all goes on when there is room again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.driver import Done, Limits, Reveille, until
from tests.e2e.post import PostOffice
from tests.e2e.workspace import FOLDER, a_workspace, config, receive, smtp

MORNING = {"morning": '{at: "03:00", days: daily, audio: true}'}


def goes_on(reveille: Reveille) -> None:
    """Without the limit: whatever was left is made good."""
    with reveille.started("run") as process:
        process.wait_for("is running for Mara")
        until(lambda: all(state == "ended" for state, _ in reveille.ledger), 60, lambda: (reveille.ledger, process.state()))
        process.signal()
        assert process.ended(20).code == 0
    assert {outcome for _, outcome in reveille.ledger} <= {"sent"}
    assert reveille.rows("pragma integrity_check") == [("ok",)]


def is_told(done: Done, *words: str) -> None:
    assert done.code in {1, 4}, done
    assert any(word in done.out + done.err for word in words), done


@pytest.mark.slow
def test_a_database_that_runs_out_of_room_anywhere(tmp_path: Path) -> None:
    """Each limit is met at another moment: while reading, planning, storing, marking."""
    office = PostOffice(maildir=tmp_path / "mail")
    with office.open() as port:
        reveille = a_workspace(tmp_path, config(channels={"inbox": smtp(port)}, cadences=MORNING))
        assert reveille("status").code == 0
        failed = 0
        for kilobytes in (8, 60, 110, 160):
            receive(tmp_path, f"Could you answer {kilobytes} today?", subject=f"Question {kilobytes}")
            done = reveille("run", "--once", limits=Limits(file_size=kilobytes * 1024))
            if done.code:
                failed += 1
                is_told(done, "ake room")
        assert failed >= 2
        goes_on(reveille)
        assert reveille("brief", "--send").code == 0
    assert set(office.ids.values()) == {1}
    assert len(office.ids) == len(reveille.ledger)


def test_a_database_that_may_not_be_written(tmp_path: Path) -> None:
    reveille = a_workspace(tmp_path)
    assert reveille("status").code == 0
    file = tmp_path / ".reveille" / "reveille.db"
    file.chmod(0o400)
    is_told(reveille("run", "--once", limits=Limits(obeys_modes=True)), "cannot be written")
    file.chmod(0o600)
    assert reveille("run", "--once").code == 0


@pytest.mark.slow
def test_rendered_files_that_cannot_be_stored_wait_for_room(tmp_path: Path) -> None:
    reveille = a_workspace(tmp_path, config(channels={"out": FOLDER}, cadences=MORNING))
    assert reveille("status").code == 0
    store = tmp_path / ".reveille" / "artefacts"
    store.mkdir(mode=0o500)
    done = reveille("run", "--once", limits=Limits(obeys_modes=True))
    is_told(done, "Cannot store")
    found = reveille("status", "--json").json
    assert [row["state"] for row in found["open"]] == ["due"]
    assert "Cannot store" in found["open"][0]["reason"]
    store.chmod(0o700)
    goes_on(reveille)
    assert len(list((tmp_path / "out").rglob("*.mp3"))) == 1


def test_a_folder_of_briefings_that_may_not_be_written_takes_another_way(tmp_path: Path) -> None:
    reveille = a_workspace(tmp_path, config(channels={"out": FOLDER, "spare": "{kind: folder, path: spare}"}))
    reveille.config(
        config(
            channels={"out": FOLDER, "spare": "{kind: folder, path: spare}"},
            cadences={"morning": '{at: "07:00", days: daily, to: [out]}'},
        )
    )
    (tmp_path / "out").mkdir(mode=0o500)
    done = reveille("brief", "--send", limits=Limits(obeys_modes=True))
    assert done.code == 0
    assert "out: failed: " in done.out
    assert "can't be written to" in done.out
    assert len(list((tmp_path / "spare").rglob("*.eml"))) == 1
    assert [f["channel"] for f in reveille("status", "--json").json["failures"]] == ["out"]
