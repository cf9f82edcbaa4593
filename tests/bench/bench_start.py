"""From a fresh installation: `--help`, and a first start in an empty folder up to the printed briefing with its MP3."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, requires
from pathlib import Path
from statistics import median

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.bench.figures import Figure, report

ROUNDS = 3
MOST_HELP, MOST_START, MOST_SIZE = 0.3, 5.0, 350
ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from service.cli import main; main()"]


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        surroundings = _installed(Path(made) / "bytecode")
        help_, help_cpu = _timed(["--help"], surroundings, Path(made))
        bare, _ = _timed_command([sys.executable, "-c", "import typer, rich"], surroundings, Path(made))
        start, start_cpu, to_briefing = _first_start(surroundings, Path(made))
    size = sum(_sizes("reveille")) / 1e6
    report(
        Figure("reveille --help", help_, None, "s", f"< {MOST_HELP} s; CPU {help_cpu:.2f} s", help_ < MOST_HELP),
        Figure("  `import typer, rich` alone", bare, None, "s"),
        Figure(
            "first start to the printed briefing",
            to_briefing,
            None,
            "s",
            f"< {MOST_START:g} s, MP3 made",
            to_briefing < MOST_START,
        ),
        Figure("  until the process has ended", start, None, "s", f"CPU {start_cpu:.1f} s with its children"),
        Figure("core packages on disk", size, None, "MB", f"≤ {MOST_SIZE}", size <= MOST_SIZE),
    )


def _installed(bytecode: Path) -> dict[str, str]:
    """As `make install` leaves it: our modules and the libraries compiled. Here into a folder of their own, by a first run."""
    surroundings = {k: v for k, v in os.environ.items() if k not in {"PYTHONDONTWRITEBYTECODE"} and not k.startswith("REVEILLE_")}
    surroundings |= {"PYTHONPYCACHEPREFIX": str(bytecode), "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*COMMAND, "run", "--once"], env=surroundings, cwd=folder, check=True, capture_output=True)
    return surroundings


def _timed(words: list[str], surroundings: dict[str, str], folder: Path) -> tuple[float, float]:
    return _timed_command([*COMMAND, *words], surroundings, folder)


def _timed_command(command: list[str], surroundings: dict[str, str], folder: Path) -> tuple[float, float]:
    """Median seconds on the wall and of processor time."""
    walls, used = [], []
    for _ in range(ROUNDS):
        before, began = _children(), time.perf_counter()
        subprocess.run(command, env=surroundings, cwd=folder, check=True, capture_output=True)
        walls.append(time.perf_counter() - began)
        used.append(_children() - before)
    return median(walls), median(used)


def _first_start(surroundings: dict[str, str], folder: Path) -> tuple[float, float, float]:
    """Median seconds of the whole, of processor time, and to the line that says where the briefing went."""
    walls, used, printed = [], [], []
    for round in range(ROUNDS):
        home = folder / f"home{round}"
        home.mkdir()
        before, began = _children(), time.perf_counter()
        with subprocess.Popen(
            [*COMMAND, "run", "--once"], env=surroundings, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            said = [time.perf_counter() - began for line in process.stdout if line.startswith("folder: sent")]
        assert said, "the first start gave no briefing"
        assert list(home.rglob("*.mp3")), "it made no sound"
        walls.append(time.perf_counter() - began)
        used.append(_children() - before)
        printed += said
    return median(walls), median(used), median(printed)


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _sizes(name: str) -> Iterator[int]:
    """Bytes of every file of the distributions that `name` needs, its own left out."""
    seen: set[str] = set()
    waiting = [r for r in requires(name) or () if "extra ==" not in r]
    while waiting:
        label = canonicalize_name(Requirement(waiting.pop()).name)
        if label in seen:
            continue
        seen.add(label)
        try:
            found: Distribution = distribution(label)
        except PackageNotFoundError:  # for another platform
            continue
        waiting += [r for r in found.requires or () if "extra ==" not in r]
        yield from (path.stat().st_size for file in found.files or () if (path := Path(str(found.locate_file(file)))).exists())


if __name__ == "__main__":
    main()
