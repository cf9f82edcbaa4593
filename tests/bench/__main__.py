"""`make bench`: every bench in a process of its own, one after another. `python -m tests.bench NAME…` runs some."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.figures import HEAD

NAMES = tuple(sorted(file.stem.removeprefix("bench_") for file in Path(__file__).parent.glob("bench_*.py")))


def main(names: list[str]) -> int:
    unknown = set(names) - set(NAMES)
    if unknown:
        print(f"no bench is called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; ratio: how many times better than the peer in the same run")
    print(HEAD, flush=True)
    failed = [name for name in names or NAMES if not _run(name)]
    if failed:
        print(f"did not finish: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _run(name: str) -> bool:
    load, began = os.getloadavg()[0], time.perf_counter()
    print(f"\n{name} (load {load:.1f})", flush=True)
    ended = subprocess.run([sys.executable, "-m", f"tests.bench.bench_{name}"], check=False)
    print(f"{'':<48} {time.perf_counter() - began:>10.0f} s in all", flush=True)
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
