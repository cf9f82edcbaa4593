"""`reveille run`: it keeps its cadences by the clock, follows its config file, and stops when told to."""

from __future__ import annotations

import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.driver import Reveille, until
from tests.e2e.post import PostOffice
from tests.e2e.workspace import a_workspace, config, smtp

QUIET = {"triage": "{every: 1h}"}


def next_minute() -> str:
    """The wall time in UTC of a minute that has not begun, some seconds away at least."""
    return f"{datetime.now(UTC) + timedelta(seconds=68):%H:%M}"


@pytest.mark.slow
def test_a_scheduled_morning_goes_out_by_the_clock(tmp_path: Path) -> None:
    """And what was told before, unchanged, is not told again."""
    office = PostOffice()
    with office.open() as port:
        at = next_minute()
        cadences = {"morning": f'{{at: "{at}", days: daily, to: [inbox]}}'}
        reveille = a_workspace(tmp_path, config(channels={"inbox": smtp(port)}, cadences=cadences, zone="UTC"))
        assert reveille("brief", "--send").code == 0
        office.taken.clear()
        with reveille.started("run") as process:
            process.wait_for("is running for Mara")
            until(lambda: ("prepared", None) in reveille.ledger, 30, process.state)
            assert office.taken == [], "prepared early, and kept until its time"
            until(lambda: office.taken, 90, process.state)
            arrived = datetime.now(UTC)
            until(lambda: reveille.ledger == [("ended", "sent")] * 2, 10, process.state)
            process.signal(signal.SIGTERM)
            done = process.ended(15)
    assert (done.code, done.err) == (0, "")
    hour, minute = map(int, at.split(":"))
    due = arrived.replace(hour=hour, minute=minute, second=0, microsecond=0)
    assert timedelta(0) <= arrived - due < timedelta(seconds=6)
    text = office.taken[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "1 told before" in text
    assert "Atlas round" not in text
    row, _ = reveille.status()["last"]
    assert (row["cadence"], row["outcome"], row["reason"]) == ("morning", "sent", "")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_within_seconds_and_says_so(tmp_path: Path, how: signal.Signals) -> None:
    reveille = a_workspace(tmp_path, config(cadences=QUIET))
    with reveille.started("run") as process:
        process.wait_for("is running for Mara Keller. Ctrl-C stops it")
        before = time.monotonic()
        process.signal(how)
        done = process.ended(15)
        assert time.monotonic() - before < 8
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("Stopped. What was under way is finished; the rest waits in the ledger.\n")


def test_ctrl_c_while_it_prepares_loses_nothing(tmp_path: Path) -> None:
    office = PostOffice(seconds=1.5)
    with office.open() as port:
        reveille = a_workspace(tmp_path, config(channels={"inbox": smtp(port)}))
        with reveille.started("run", "--once") as process:
            until(lambda: ("delivering", None) in reveille.ledger, 30, process.state)
            process.signal()
            done = process.ended(20)
    assert (done.code, done.err) == (0, "")
    assert len(office.taken) == 1
    assert reveille.ledger == [("ended", "sent")], "what was under way is finished"


def test_an_edited_config_is_taken_up_and_a_wrong_one_is_not(tmp_path: Path) -> None:
    reveille = a_workspace(tmp_path, config(cadences=QUIET))
    with reveille.started("run") as process:
        process.wait_for("is running for Mara")
        reveille.config("me: [")
        process.wait_for("not right yet; the last good one stays in force")
        assert "reveille.yaml:1" in process.out
        assert names(reveille) == ["triage"]
        reveille.config(config(cadences=QUIET | {"morning": '{at: "07:00", days: daily}'}))
        process.wait_for("it is in force now")
        assert names(reveille) == ["morning", "triage"]
        assert len(reveille.rows("select number from revision")) == 2
        process.signal()
        done = process.ended(15)
    assert (done.code, done.err) == (0, "")


def test_what_is_due_after_an_edit_runs_under_the_new_config(tmp_path: Path) -> None:
    """By the ring, at once: not by the slow poll that makes up for a lost ring."""
    office = PostOffice()
    with office.open() as port:
        reveille = a_workspace(tmp_path, config(channels={"inbox": smtp(port)}, cadences=QUIET))
        with reveille.started("run") as process:
            process.wait_for("is running for Mara")
            late = f"{datetime.now(UTC) + timedelta(minutes=3):%H:%M}"
            cadences = {"morning": f'{{at: "{late}", days: daily, prepare: 10m, to: [files]}}'}
            channels = {"files": "{kind: folder, path: elsewhere}"}
            reveille.config(config(channels=channels, cadences=cadences, zone="UTC"))
            process.wait_for("it is in force now")
            until(lambda: ("prepared", None) in reveille.ledger, 20, process.state)
            assert reveille.rows("select channel from delivery") == [("files",)]
            process.signal()
            assert process.ended(15).code == 0


def test_an_occurrence_that_another_process_left_is_made_good_at_the_start(tmp_path: Path) -> None:
    office = PostOffice()
    reveille = a_workspace(tmp_path)
    with office.open() as port:
        reveille.config(config(channels={"inbox": smtp(port)}))
        with reveille.started("brief", "--send") as process:
            office.on_arrival = process.kill
            process.gone(30)
        assert reveille.ledger == [("delivering", None)]
        with reveille.started("run") as process:
            office.on_arrival = lambda: None
            until(lambda: reveille.ledger == [("ended", "sent")], 30, process.state)


def names(reveille: Reveille) -> list[str]:
    return [name for (name,) in reveille.rows("select name from cadence order by name")]
