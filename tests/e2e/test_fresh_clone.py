"""From nothing to the first briefing: `make run` in a fresh clone, and the built wheel in an empty environment."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.e2e.driver import ROOT, Reveille

pytestmark = pytest.mark.slow
UV = Path(sys.executable).parent / "uv"


def outside() -> dict[str, str]:
    """The environment of somebody who has just cloned: nothing of this test run in it."""
    return {
        k: v for k, v in os.environ.items() if not k.startswith(("REVEILLE", "PYTHON", "VIRTUAL_ENV", "MAKE", "MFLAGS", "CI"))
    }


def does(*command: str | Path, cwd: Path, timeout: float = 240) -> str:
    """In a group of its own, so that nothing it started outlives the test."""
    with subprocess.Popen(
        [str(c) for c in command],
        cwd=cwd,
        env=outside(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    ) as process:
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert process.returncode == 0, output
    return output


@pytest.fixture(scope="module", autouse=True)
def _an_index() -> None:
    """Installing needs the package index that this machine is set up for. In CI its absence is a failure."""
    asked = [sys.executable, "-m", "pip", "index", "versions", "--disable-pip-version-check", "iniconfig"]
    found = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    if found.returncode != 0 and not os.environ.get("CI"):
        pytest.skip(f"no package index is reached: {found.stderr.strip()[-200:]}")


def a_day_was_made(folder: Path, output: str) -> None:
    assert re.search(r"Good (morning|afternoon|evening), Mara", output)  # whenever the tests run
    assert "Stopped." in output
    for suffix in ("html", "txt", "mp3", "eml"):
        [file] = (folder / ".reveille" / "sample" / "briefings").rglob(f"morning-*[0-9a-f].{suffix}")
        assert file.stat().st_size > 500, file


def test_make_run_in_a_fresh_clone(tmp_path: Path) -> None:
    clone = tmp_path / "reveille"
    if not (ROOT / ".git").exists():
        pytest.skip("this copy is no git repository, so it can't be cloned")
    does("git", "clone", "--quiet", "--no-hardlinks", ROOT, clone, cwd=tmp_path)
    output = does("make", "run", "ARGS=--once", cwd=clone)
    a_day_was_made(clone, output)
    assert "Traceback" not in output
    again = does("make", "run", "ARGS=--once", cwd=clone)
    assert "Installing" not in again
    assert does("git", "status", "--porcelain", cwd=clone) == "", "running leaves nothing for git to see"


def test_the_wheel_runs_in_an_empty_environment(tmp_path: Path) -> None:
    source = tmp_path / "source"
    tracked = does("git", "ls-files", "-z", cwd=ROOT).split("\0") if (ROOT / ".git").exists() else []
    for name in filter(None, tracked):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    does(UV, "build", "--quiet", "--wheel", "--out-dir", tmp_path / "dist", source, cwd=tmp_path)
    [wheel] = (tmp_path / "dist").glob("*.whl")
    inside = zipfile.ZipFile(wheel).namelist()
    assert {"templates/email/briefing.html", "templates/text/briefing.txt", "service/sample/content/mail.yaml"} <= set(inside)
    assert not [name for name in inside if name.startswith("tests/")]
    home, place = tmp_path / "env", tmp_path / "empty"
    place.mkdir()
    does(UV, "venv", "--quiet", "--python", sys.executable, home, cwd=tmp_path)
    python = home / "bin" / "python"
    locked = source / "deploy" / "requirements.txt"
    does(UV, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", locked, cwd=tmp_path)
    does(UV, "pip", "install", "--quiet", "--python", python, "--no-deps", wheel, cwd=tmp_path)
    reveille = Reveille(place, command=(str(home / "bin" / "reveille"),))
    done = reveille("run", "--once", timeout=120)
    assert (done.code, done.err) == (0, "")
    a_day_was_made(place, done.out)
    assert reveille("schema").code == 0
    assert "Usage: reveille" in reveille("--help").out
