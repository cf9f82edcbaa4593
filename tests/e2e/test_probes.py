"""A clock and a worker as processes of their own, as whoever runs them sees them: /live, /ready, /metrics and `status --all`."""

from __future__ import annotations

import json
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from service.canary import GRACE
from tests.e2e.driver import Process, Reveille, until
from tests.e2e.workspace import a_workspace, config
from tests.services import Redis
from tests.services.process import free_port

CADENCES = {"morning": '{at: "07:00", days: daily}', "triage": "{every: 1m}"}


class Machine:
    """One process and its probe port."""

    def __init__(self, stack: ExitStack, reveille: Reveille, *words: str) -> None:
        self.port = free_port()
        env = {"REVEILLE_LISTEN": f"127.0.0.1:{self.port}"}
        self.process: Process = stack.enter_context(reveille.started(*words, env=env))

    def got(self, path: str) -> tuple[int, str]:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as reply:
                return reply.status, reply.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def said(self, path: str) -> Any:
        return json.loads(self.got(path)[1])

    def answers(self, path: str, status: int) -> None:
        until(lambda: self.got(path)[0] == status, 90, lambda: f"{self.got(path)}{self.process.state()}")

    def metric(self, line: str) -> float | None:
        found = [row.rpartition(" ")[2] for row in self.got("/metrics")[1].splitlines() if row.startswith(line + " ")]
        return float(found[0]) if found else None


def a_server(folder: Path, postgres_url: str, redis_url: str) -> Reveille:
    people = folder / "people"
    people.mkdir()
    reveille = a_workspace(
        folder,
        config(cadences=CADENCES),
        REVEILLE_DATABASE=postgres_url,
        REVEILLE_QUEUE=redis_url,
        REVEILLE_PEOPLE=str(people),
        REVEILLE_LOG_JSON="true",
    )
    (folder / "reveille.yaml").rename(people / "mara.yaml")
    for name in ("mail", "out"):
        (folder / name).mkdir(exist_ok=True)
        (people / name).symlink_to(folder / name)
    return reveille


def test_the_service_of_one_machine_says_the_same(tmp_path: Path) -> None:
    reveille = a_workspace(tmp_path, config(cadences={"triage": "{every: 1h}"}))
    with ExitStack() as stack:
        machine = Machine(stack, reveille, "run")
        machine.answers("/ready", 200)
        until(lambda: (machine.metric('reveille_occurrences_ended_total{job="canary",outcome="skipped"}') or 0) >= 1, 60)
        assert machine.metric('reveille_up{process="embedded"}') == 1
        assert machine.metric("reveille_occurrences_late") == 0
        reveille.config(config(cadences={"triage": "{every: 2h}"}))
        machine.process.wait_for("it is in force now")
        machine.answers("/live", 200)
        assert {row[0] for row in reveille.rows("select job from occurrence where person = 'reveille'")} == {"canary"}
        assert "canary" not in reveille("status").out
        machine.process.signal()
        assert machine.process.ended(30).code == 0


def test_a_port_that_is_taken_is_a_word_at_the_start(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = a_workspace(tmp_path, config())("run", "--once", env={"REVEILLE_LISTEN": f"127.0.0.1:{port}"})
    assert done.code == 3
    assert f"listen: 127.0.0.1:{port} can't be listened on" in done.err


@pytest.mark.slow
def test_a_clock_and_a_worker_say_how_they_are(tmp_path: Path, postgres_url: str, redis_server: Redis, redis_url: str) -> None:
    reveille = a_server(tmp_path, postgres_url, redis_url)
    assert reveille("migrate").code == 0
    with ExitStack() as stack:
        clock, worker = Machine(stack, reveille, "clock"), Machine(stack, reveille, "worker")
        for machine in (clock, worker):
            machine.answers("/ready", 200)
            machine.answers("/live", 200)
            until(lambda m=machine: m.said("/live")["canary_age_seconds"] < 5, 90, lambda m=machine: m.said("/live"))
        assert clock.said("/live")["process"].startswith("clock@")
        ran = 'reveille_occurrences_ended_total{job="canary",outcome="skipped"}'
        until(lambda: (worker.metric(ran) or 0) >= 2, 60, worker.process.state)  # both processes' canaries
        until(lambda: clock.metric("reveille_tick_seconds_count"), 30)
        assert clock.metric('reveille_up{process="clock"}') == 1
        assert clock.metric("reveille_occurrences_quarantined") == 0
        assert worker.metric("reveille_occurrences_due") is None, "a clock tells the ledger's figures"

        done = reveille("status", "--all", "--json")
        assert done.code == 0, done
        assert {p["process"].partition("@")[0] for p in done.json["processes"]} == {"clock", "worker"}

        redis_server.stop()
        for machine in (clock, worker):
            machine.answers("/ready", 503)
            found = machine.said("/ready")["checks"]
            assert found["database"] == "ok"
            assert found["queue"] != "ok"
        assert worker.metric('reveille_up{process="worker"}') == 0
        redis_server.start()
        for machine in (clock, worker):
            machine.answers("/ready", 200)
            machine.answers("/live", 200)
        for machine in (clock, worker):
            machine.process.signal()
        for machine in (clock, worker):
            assert machine.process.ended(45).code == 0


@pytest.mark.slow
def test_a_worker_whose_queue_is_away_is_alive_and_says_so(
    tmp_path: Path, postgres_url: str, redis_server: Redis, redis_url: str
) -> None:
    reveille = a_server(tmp_path, postgres_url, redis_url)
    with ExitStack() as stack:
        worker = Machine(stack, reveille, "worker")
        worker.answers("/ready", 200)
        redis_server.stop()
        end = time.monotonic() + GRACE + 45
        while time.monotonic() < end:
            status, body = worker.got("/live")
            assert status == 200, body
            time.sleep(1)
        assert "looked for" in " ".join(worker.said("/live")["remarks"])
