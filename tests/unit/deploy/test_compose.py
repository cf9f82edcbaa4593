"""deploy/compose*.yaml: valid, hardened, whole; and the secrets they name are the ones that are made."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from service.settings.server import Server, load_server
from tests.unit.deploy.agreed import QUEUES, SETTINGS
from tests.unit.deploy.composition import Composition, Service, composition, seconds
from tests.unit.deploy.files import DEPLOY, said

PLAIN = DEPLOY / "compose.yaml"
RABBIT = DEPLOY / "compose.rabbitmq.yaml"
MONITORING = DEPLOY / "compose.monitoring.yaml"
MADE_BY_THE_OPERATOR = {"./people", "./secrets"}


@pytest.fixture(params=[(PLAIN,), (PLAIN, RABBIT), (PLAIN, MONITORING), (PLAIN, RABBIT, MONITORING)], ids=len)
def whole(request: pytest.FixtureRequest) -> Composition:
    return composition(*request.param)


def started(whole: Composition) -> dict[str, Service]:
    return {name: service for name, service in whole.services.items() if not service.profiles}


def ours(whole: Composition) -> dict[str, Service]:
    return {name: service for name, service in whole.services.items() if service.build}


def test_every_name_it_uses_is_defined(whole: Composition) -> None:
    for service in whole.services.values():
        for name, needed in service.depends_on.items():
            assert name in (started(whole) if needed.required else whole.services)
        assert set(service.networks) <= set(whole.networks)
        assert {s if isinstance(s, str) else s.source for s in service.secrets} <= set(whole.secrets)
        assert {v.source for v in service.volumes if v.type == "volume"} <= set(whole.volumes)


def test_what_it_mounts_from_here_is_here_and_read_only(whole: Composition) -> None:
    for service in whole.services.values():
        for mount in service.volumes:
            if mount.type == "bind":
                assert mount.read_only
                assert mount.source in MADE_BY_THE_OPERATOR or (DEPLOY / mount.source).exists(), mount.source


def test_who_waits_for_health_waits_for_something_that_says_it(whole: Composition) -> None:
    for service in whole.services.values():
        for name, needed in service.depends_on.items():
            if needed.condition == "service_healthy":
                assert whole.services[name].healthcheck.test
    assert all(service.healthcheck.test or service.restart == "no" for service in whole.services.values())


def test_a_stop_is_given_longer_than_the_service_takes(whole: Composition) -> None:
    for name, service in ours(whole).items():
        assert seconds(service.stop_grace_period) >= int(service.environment["REVEILLE_STOP_WITHIN"]) + 10, name


def test_database_and_queue_are_reached_from_inside_only(whole: Composition) -> None:
    assert whole.networks["inside"].internal
    for name in {"postgres", "redis", "rabbitmq"} & set(whole.services):
        assert whole.services[name].networks == ["inside"]
        assert not whole.services[name].ports


def test_settings_are_ones_that_the_service_knows(whole: Composition) -> None:

    for service in ours(whole).values():
        assert set(service.environment) <= SETTINGS
        assert not any("password" in value for value in service.environment.values())


def lanes(services: Iterable[Service]) -> list[str]:
    return [
        queue
        for service in services
        if service.command[0] == "worker"
        for queue in service.command[service.command.index("--queues") + 1].split(",")
    ]


def test_every_queue_has_one_lane() -> None:
    assert sorted(lanes(ours(composition(PLAIN)).values())) == sorted(QUEUES)


def test_there_are_several_of_each_and_one_migration() -> None:
    services = ours(composition(PLAIN))
    assert {name: (service.command[0], service.deploy.replicas) for name, service in services.items()} == {
        "migrate": ("migrate", 1),
        "clock": ("clock", 2),
        "worker-quick": ("worker", 2),
        "worker-morning": ("worker", 2),
        "listener": ("listen", 2),
    }


def test_rabbitmq_takes_the_place_of_redis() -> None:
    whole = composition(PLAIN, RABBIT)
    assert set(started(composition(PLAIN))) - set(started(whole)) == {"redis"}
    for name, service in ours(whole).items():
        needed = {name for name, how in service.depends_on.items() if how.required}
        assert ("rabbitmq" in needed) == (name != "migrate")
        assert "redis" not in needed


@pytest.mark.parametrize(
    ("queue", "scheme", "files"), [("redis", "redis", (PLAIN, MONITORING)), ("rabbitmq", "amqp", (PLAIN, RABBIT))]
)
def test_the_secrets_it_names_are_the_ones_that_are_made(
    queue: str, scheme: str, files: tuple[Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = (sys.executable, DEPLOY / "make_secrets.py", "--queue", queue, tmp_path)
    assert said(*make)[0] == 0
    made = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    assert {Path(secret.file).name for secret in composition(*files).secrets.values()} <= set(made)
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o400}
    for name in Server.model_fields:
        monkeypatch.delenv(f"REVEILLE_{name.upper()}", raising=False)
    server = load_server(tmp_path / "reveille.yaml")
    assert server.database == f"postgresql://reveille:{made['database_password']}@postgres:5432/reveille"
    assert server.queue.startswith(f"{scheme}://")
    assert made["broker_password"] in server.queue
    assert said(*make)[0] == 0
    assert {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()} == made, "nothing is made anew"
