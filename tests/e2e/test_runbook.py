"""docs/operations.md, "First start": its commands, typed as they stand there, have the scaled-out service running."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.driver import ROOT, Process, Reveille, until
from tests.e2e.test_topology import answers, free_port

pytestmark = pytest.mark.slow
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SECTION = re.search(r"^## First start.*?(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
PATIENCE = 180.0


def step(number: int) -> str:
    """The block of commands that follows its bold heading."""
    assert SECTION
    found = re.search(rf"^\*\*{number}\. .*?^```\n(.*?)^```", SECTION[0], re.MULTILINE | re.DOTALL)
    assert found, number
    return found[1]


def typed(commands: str, home: Path) -> None:
    shell = {"HOME": str(home), "PATH": os.environ["PATH"], "PASSWORD": "not-this-one"}
    done = subprocess.run(
        ["bash", "-eu"], input=commands, cwd=home, env=shell, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_who_follows_the_runbook_has_it_running(tmp_path: Path, postgres_url: str, redis_url: str) -> None:
    """Only where the servers are is put in: the role and the database of step 2 are the test bench's."""
    typed(step(3), tmp_path)
    house = tmp_path / "house"
    server = house / "server.yaml"
    text = re.sub(r"^database: .*$", f"database: {postgres_url}", server.read_text(encoding="utf-8"), flags=re.MULTILINE)
    server.write_text(re.sub(r"^queue: .*$", f"queue: {redis_url}", text, flags=re.MULTILINE), encoding="utf-8")
    typed(f"cd {house}\n{step(4)}", tmp_path)
    ports: dict[str, str] = {}
    with ExitStack() as stack:
        parts: list[tuple[Process, str]] = []
        for line in step(5).splitlines():
            command = re.sub(r"127\.0\.0\.1:\d+", lambda found: ports.setdefault(found[0], f"127.0.0.1:{free_port()}"), line)
            program, *words = shlex.split(command)
            assert program == "reveille"
            reveille = Reveille(house)
            if "--listen" in words:
                parts.append((stack.enter_context(reveille.started(*words)), words[-1]))
            else:
                done = reveille(*words)
                assert done.code == 0, done.err + done.out
        assert len(parts) == 5
        assert {port.rpartition(":")[2] for port in ports} == set(re.findall(r"\b80\d\d\b", step(6)))
        for path in ("/ready", "/live"):
            for process, probes in parts:
                until(lambda: answers(probes, path) == 200, PATIENCE, process.state)  # noqa: B023
        for process, _ in parts:
            process.signal(signal.SIGTERM)
        assert [process.ended(40).code for process, _ in parts] == [0] * 5
