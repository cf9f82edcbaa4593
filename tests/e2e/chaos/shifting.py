"""A wall clock that jumps, for the processes of a topology: as an operator, NTP, or a laptop that wakes sets it.

libfaketime does the same for most programs, but 0.9.10 shifts what CPython's `time.sleep` waits for (a monotonic deadline) as well: it
ends in EINVAL or never.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("shifted.c")


@dataclass
class WallClock:
    folder: Path
    seconds: int = 0

    def __post_init__(self) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            pytest.skip("no C compiler: apt install gcc libc6-dev")
        self._library, self._file = self.folder / "shifted.so", self.folder / "shift"
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", self._library, SOURCE, "-ldl"], check=True)
        self.set(0)

    @property
    def environment(self) -> Mapping[str, str]:
        return {"LD_PRELOAD": str(self._library), "SHIFTED_CLOCK": str(self._file)}

    def set(self, seconds: int) -> None:
        """From now on the clock is this far from the true one. In place: it is mapped by whoever runs."""
        with self._file.open("r+b" if self._file.exists() else "w+b") as file:
            file.write(struct.pack("l", seconds))
        self.seconds = seconds
