"""deploy/systemd: verified and weighed by systemd itself, in a root of its own; and what it can't know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.deploy.agreed import QUEUES
from tests.unit.deploy.files import DEPLOY, said, tool

UNITS = DEPLOY / "systemd"
STARTED = (
    "reveille.service",
    "reveille.target",
    "reveille-clock@1.service",
    "reveille-listener@1.service",
    "reveille-migrate.service",
    "reveille-worker@morning.service",
    "reveille-worker@quick.service",
)
SERVICES = tuple(name for name in STARTED if name.endswith(".service"))
EXPOSURE = 20  # tenths; systemd calls up to 40 "OK"
INSTALL = "apt install systemd"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A machine with our units, the command they start, and nothing in the units they name."""
    root = tmp_path_factory.mktemp("root")
    units = root / "etc" / "systemd" / "system"
    units.mkdir(parents=True)
    for name in ("sysinit", "basic", "shutdown", "multi-user", "network-online", "time-sync"):
        (units / f"{name}.target").write_text(f"[Unit]\nDescription={name}\n", encoding="utf-8")
    for name in ("system.slice", "-.mount"):
        (units / name).write_text("[Unit]\nDescription=of the machine\n", encoding="utf-8")
    for file in UNITS.iterdir():
        (units / file.name).write_bytes(file.read_bytes())
    command = root / "opt" / "reveille" / "bin" / "reveille"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\n", encoding="utf-8")
    command.chmod(0o755)
    return root


@pytest.mark.parametrize("unit", STARTED)
def test_systemd_finds_nothing_wrong(unit: str, root: Path) -> None:
    analyze = tool("systemd-analyze", INSTALL)
    code, output = said(analyze, "verify", "--man=no", "--recursive-errors=yes", f"--root={root}", unit)
    assert (code, output) == (0, "")


@pytest.mark.parametrize("unit", SERVICES)
def test_little_is_exposed(unit: str, root: Path) -> None:
    analyze = tool("systemd-analyze", INSTALL)
    code, output = said(analyze, "security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", f"--root={root}", unit)
    assert code == 0, output.splitlines()[-1]


def settings(unit: str) -> dict[str, list[str]]:
    """Of the template, where it is one; a key may stand there several times."""
    text = (UNITS / re.sub(r"@\w+\.", "@.", unit)).read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_sees_to_its_end_its_limits_and_its_secrets(unit: str) -> None:
    its = settings(unit)
    assert its["User"] == ["reveille"]
    assert its["MemoryMax"]
    assert its["StateDirectory"] == ["reveille"]
    if unit != "reveille-migrate.service":
        assert int(its["TimeoutStopSec"][0]) >= 25 + 10, "longer than stop_within"
        assert its["Restart"][0] in {"always", "on-failure"}
    if unit != "reveille.service":
        assert {given.split(":")[0] for given in its["LoadCredential"]} == {"server.yaml", "key"}
    assert "WatchdogSec" not in its, "nothing notifies systemd; probes tell whether it lives"


def test_a_unit_that_parses_may_limit_its_children() -> None:
    assert not any("@resources" in line for unit in SERVICES for line in settings(unit)["SystemCallFilter"])


def test_the_target_starts_a_lane_for_every_queue() -> None:
    wanted = settings("reveille.target")["Wants"][0].split()
    assert sum(name.startswith("reveille-clock@") for name in wanted) == 2
    lanes = [re.sub(r"reveille-worker@(\w+)\.service", r"worker-\1.env", name) for name in wanted if "worker" in name]
    told = [dict(line.split("=", 1) for line in (UNITS / lane).read_text(encoding="utf-8").splitlines()) for lane in lanes]
    assert sorted(queue for lane in told for queue in lane["QUEUES"].split(",")) == sorted(QUEUES)
    assert len({lane["REVEILLE_LISTEN"] for lane in told}) == len(told)
