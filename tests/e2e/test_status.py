"""`reveille status`: once, again and again, of one person and of a whole server."""

from __future__ import annotations

import json
import os
import pty
import signal
import sqlite3
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.driver import Reveille, until
from tests.e2e.workspace import a_workspace


@pytest.fixture
def reveille(tmp_path: Path) -> Reveille:
    """Whose morning has gone out."""
    made = a_workspace(tmp_path)
    assert made("run", "--once").code == 0
    return made


def quarantine(reveille: Reveille) -> str:
    """As if three workers had ended with its morning."""
    ((id,),) = reveille.rows("select id from occurrence")
    with closing(sqlite3.connect(reveille.folder / ".reveille" / "reveille.db")) as on, on:
        on.execute(
            "update occurrence set deaths = 3, outcome = 'failed', reason = 'quarantined: 3 workers ended while they held it'"
        )
        on.execute("delete from delivery")
    return str(id)


def test_what_is_in_quarantine_is_named_with_how_to_retry_it(reveille: Reveille) -> None:
    id = quarantine(reveille)
    assert f"reveille retry {id}" in reveille("status").out
    done = reveille("status", "--all")
    assert done.code == 1
    assert f"reveille retry {id}" in done.out
    assert reveille("retry", id).code == 0
    assert reveille.status()["quarantined"] == []
    assert "retry" not in reveille("status", "--all").out


@pytest.mark.parametrize("words", [(), ("--all",)])
def test_where_there_is_no_terminal_watching_prints_a_line_each_time(reveille: Reveille, words: tuple[str, ...]) -> None:
    with reveille.started("status", "--watch", "--every", "0.2", *words) as process:
        until(lambda: process.out.count("\n") >= 3, 60, process.state)
        process.signal(signal.SIGINT)
        done = process.ended(20)
    assert (done.code, done.err) == (0, "")
    assert all("quarantined 0 " in line for line in done.out.splitlines())


def test_watching_as_json_prints_a_document_a_line(reveille: Reveille) -> None:
    with reveille.started("status", "--watch", "--every", "0.2", "--all", "--json") as process:
        until(lambda: process.out.count("\n") >= 2, 60, process.state)
        process.signal(signal.SIGTERM)
        done = process.ended(20)
    assert done.code == 0
    assert {line["late"] for line in done.lines} == {0}


def test_on_a_terminal_it_is_a_screen_until_ctrl_c(reveille: Reveille) -> None:
    ours, theirs = pty.openpty()
    shown = bytearray()
    child = subprocess.Popen(
        [*reveille.command, "status", "--watch", "--every", "0.2"],
        cwd=reveille.folder,
        env=reveille.environment({"TERM": "xterm"}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)

    def read() -> None:
        try:
            while part := os.read(ours, 65536):
                shown.extend(part)
        except OSError:  # the terminal's other side is closed
            pass

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    try:
        until(lambda: shown.count(b"Mara Keller") >= 3, 60, lambda: shown.decode(errors="replace"))
        child.send_signal(signal.SIGINT)
        assert child.wait(20) == 0
    finally:
        child.kill()
        child.wait()
        reading.join(10)
        os.close(ours)
    assert b"\x1b[?1049h" in shown
    assert shown.rstrip().endswith(b"\x1b[?25h") or b"\x1b[?1049l" in shown, "the terminal is as it was"
    assert b"Traceback" not in shown


def test_of_a_server_as_json(reveille: Reveille) -> None:
    done = reveille("status", "--all", "--json")
    found = json.loads(done.out)
    assert done.code == 0
    assert (found["due"], found["late"], found["running"], found["quarantined"]) == (0, 0, 0, 0)
    assert found["sources"] == [{"kind": "maildir", "health": "ok", "count": 1}]
    assert found["processes"] == [], "nobody listens"
