"""One process of a topology: started as an operator starts it, ended as a fault does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.e2e.driver import RUN, until
from tests.services.process import dies_with_us


@dataclass
class Member:
    """`role` is service, clock or worker. What it says goes to a file, over all its lives."""

    name: str
    role: str
    words: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    limit: Callable[[], None] | None = None
    """What its next life may not do, by resource limits."""
    _child: subprocess.Popen[bytes] | None = None
    lives: int = field(default=0)

    @property
    def file(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def said(self) -> str:
        return self.file.read_text(errors="replace") if self.file.exists() else ""

    def start(self) -> None:
        with self.file.open("ab") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-c", RUN, *self.words],
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=self._before_it_runs,  # noqa: PLW1509 - it only makes system calls
            )
        self.lives += 1

    def _before_it_runs(self) -> None:
        if die := dies_with_us():
            die()
        if self.limit:
            self.limit()

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def children(self, having: str = "") -> list[psutil.Process]:
        """Those with this in their command line."""
        with suppress(psutil.Error):
            return [c for c in psutil.Process(self.pid).children(recursive=True) if having in " ".join(_command(c))]
        return []

    def talks_from(self, port: int) -> bool:
        """Whether it holds the connection that comes from this port."""
        with suppress(psutil.Error):
            return any(c.laddr and c.laddr.port == port for c in psutil.Process(self.pid).net_connections("tcp"))
        return False

    def is_ready(self, ports: Sequence[int]) -> bool:
        """Whether it has come up in this life: says so, or is connected to all that it needs at these ports."""
        if self.role == "service":
            return self.said.count("is running for") >= self.lives
        with suppress(psutil.Error):
            there = {c.raddr.port for c in psutil.Process(self.pid).net_connections("tcp") if c.raddr}
            return set(ports) <= there
        return False

    def kill(self) -> None:
        """Kill -9 of the process alone, as the kernel's memory killer does; its children end by themselves."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def freeze(self) -> None:
        """The whole group, as a laptop that falls asleep."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGCONT)

    def stop(self, within: float = 30) -> int:
        """Politely. Its code."""
        assert self._child is not None
        self.thaw()
        if self.is_running:
            self._child.send_signal(signal.SIGTERM)
        until(lambda: not self.is_running, within, lambda: self.said[-3000:])
        return self._child.returncode

    def end(self) -> None:
        """Whatever becomes of the test, nothing stays."""
        if self._child is not None and self.is_running:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self._child.wait()


def _command(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return process.cmdline()
    return []
