"""deploy/compose.yaml's services as plain processes: the same commands, the same settings, beside real servers."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.driver import ROOT, Process, Reveille, until
from tests.e2e.workspace import receive
from tests.unit.deploy.composition import Composition, Service, composition, seconds
from tests.unit.deploy.files import DEPLOY
from tests.unit.deploy.metrics import EXPORTED

pytestmark = pytest.mark.slow
PLAIN, RABBIT = DEPLOY / "compose.yaml", DEPLOY / "compose.rabbitmq.yaml"
RUNBOOK = ROOT / "docs" / "operations.md"
PATIENCE = 180.0


@dataclass
class Part:
    """One process of a service; `probes` is where it answers."""

    name: str
    service: Service
    process: Process
    probes: str

    def metrics(self) -> set[str]:
        with urllib.request.urlopen(f"http://{self.probes}/metrics", timeout=5) as reply:
            return set(re.findall(r"^# TYPE (\w+) ", reply.read().decode(), re.MULTILINE))


@dataclass
class Topology:
    """`root` stands for the file system inside the containers."""

    root: Path
    whole: Composition
    parts: list[Part] = field(default_factory=list)

    def reveille(self, service: Service, **more: str) -> Reveille:
        home = self.root / "home"
        home.mkdir(exist_ok=True)
        return Reveille(home, {name: self.inside(value) for name, value in service.environment.items()} | more)

    def inside(self, value: str) -> str:
        return re.sub(r"^/(?=etc/|var/)", f"{self.root}/", value)

    def migrated(self) -> None:
        service = self.whole.services["migrate"]
        done = self.reveille(service)(*service.command)
        assert done.code == 0, done.err

    def start(self, stack: ExitStack) -> None:
        for name, service in self.whole.services.items():
            if service.build and name != "migrate":
                for number in range(service.deploy.replicas):
                    probes = f"127.0.0.1:{free_port()}"
                    started = self.reveille(service, REVEILLE_LISTEN=probes).started(*service.command)
                    self.parts.append(Part(f"{name}-{number}", service, stack.enter_context(started), probes))

    def state(self) -> str:
        return "\n".join(f"{part.name}: {part.process.state()}" for part in self.parts)

    def all_answer(self, path: str) -> None:
        until(lambda: all(answers(part.probes, path) == 200 for part in self.parts), PATIENCE, self.state)

    def stop(self) -> None:
        """As Compose does: SIGTERM to everything, and no longer than each one's grace."""
        for part in self.parts:
            part.process.signal(signal.SIGTERM)
        for part in self.parts:
            assert part.process.ended(seconds(part.service.stop_grace_period)).code == 0, part.name


def answers(probes: str, path: str) -> int:
    """The status; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://{probes}{path}", timeout=5) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def a_topology(root: Path, queue: str, database_url: str, queue_url: str, *files: Path) -> Topology:
    """With the secrets that make_secrets.py makes; only the servers are elsewhere."""
    place = root / "etc" / "reveille"
    made = [sys.executable, str(DEPLOY / "make_secrets.py"), "--queue", queue, str(place)]
    subprocess.run(made, check=True, capture_output=True)
    server = place / "server.yaml"
    server.unlink()
    server.write_text(f"database: {database_url}\nqueue: {queue_url}\n", encoding="utf-8")
    (place / "people").mkdir()
    return Topology(root, composition(*files))


def person_of_the_runbook(at: str) -> str:
    found = re.search(
        r"^cat > people/mara\.yaml <<'END'\n(.*?)^END$", RUNBOOK.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found
    return found[1].replace("Europe/Zurich", "UTC").replace('"07:00"', f'"{at}"')


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_a_morning_goes_out_once_though_half_of_it_is_killed(
    tmp_path: Path, postgres_url: str, redis_url: str, stack: ExitStack
) -> None:
    """The runbook's person, from clocks over Redis through workers; then a stop within its grace."""
    topology = a_topology(tmp_path, "redis", postgres_url, redis_url, PLAIN)
    place = tmp_path / "etc" / "reveille"
    for sub in ("cur", "new", "tmp"):
        (place / "mail" / sub).mkdir(parents=True)
    receive(place, "Could you send me the signed term sheet by tomorrow?", subject="Atlas round")
    topology.migrated()
    topology.start(stack)
    topology.all_answer("/ready")
    topology.all_answer("/live")
    due = datetime.now(UTC) + timedelta(seconds=75)
    (place / "people" / "mara.yaml").write_text(person_of_the_runbook(f"{due:%H:%M}"), encoding="utf-8")
    for part in [part for part in topology.parts if part.name.endswith("-0")]:
        part.process.signal(signal.SIGKILL)
        topology.parts.remove(part)
    sent = place / "out"
    until(lambda: list(sent.rglob("*.eml")), 75 + PATIENCE, topology.state)
    topology.all_answer("/live")
    assert len(list(sent.rglob("*.eml"))) == 1
    assert {name.removesuffix("_bucket") for name in EXPORTED} <= set().union(*(part.metrics() for part in topology.parts))
    topology.stop()


def test_canaries_run_over_rabbitmq(tmp_path: Path, postgres_url: str, rabbit_url: str, stack: ExitStack) -> None:
    topology = a_topology(tmp_path, "rabbitmq", postgres_url, rabbit_url, PLAIN, RABBIT)
    topology.migrated()
    topology.start(stack)
    topology.all_answer("/ready")
    topology.all_answer("/live")
    topology.stop()
