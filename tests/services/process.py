"""One server process: started, stopped, killed, paused; always on the same port, so that its URL outlives it."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, ClassVar, Self

import psutil

PATIENCE = 60.0  # seconds a server may take to answer; RabbitMQ on a busy machine is the slow one
PR_SET_PDEATHSIG = 1  # prctl(2)


class Absent(Exception):
    """The program is not installed; the message is the line that installs it."""


class Server:
    """Usable as a context manager. It dies with the thread that started it, so that no test run leaves one behind."""

    name: ClassVar[str]
    ending: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self) -> None:
        self.executable = self.find()
        self.folder = Path(tempfile.mkdtemp(prefix=f"reveille-{self.name}-"))
        self.port = free_port()
        self.log = self.folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    # what each server says of itself

    def find(self) -> str:
        """The program's path. Raises Absent."""
        raise NotImplementedError

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    def owner(self) -> dict[str, Any]:
        """Options of `Popen` that say who it runs as."""
        return {}

    def answers(self) -> bool:
        """Whether a client is served. Any error counts as no."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        raise NotImplementedError

    # what a test does to it

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    def start(self) -> None:
        """Returns once it answers; what it held is there again where it keeps things on disk. Nothing if it runs already."""
        if not self.running:
            self._launch()
        self._await_answer()

    def stop(self) -> None:
        """In good order, as an administrator would."""
        self._end(self.ending, patience=30)

    def kill(self) -> None:
        """As `kill -9` of every process of it, or as a power cut that spares the disk."""
        self._end(signal.SIGKILL, patience=10)

    def pause(self) -> None:
        """Connections stay open and nothing answers."""
        told(self._family(), signal.SIGSTOP)

    def resume(self) -> None:
        told(self._family(), signal.SIGCONT)

    def restart(self) -> None:
        self.stop()
        self.start()

    def close(self) -> None:
        """For good: what it held is gone with its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # how

    def _launch(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                cwd=self.folder,
                env={**os.environ, **self.environment()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dies_with_us(),  # noqa: PLW1509 one call of the kernel, bound beforehand
                **self.owner(),
            )

    def _await_answer(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if not self.running or time.monotonic() > deadline:
                state = "does not answer" if self.running else f"ended with {self._process and self._process.returncode}"
                raise RuntimeError(f"{self.name} {state}:\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            return self.answers()
        except Exception:
            return False

    def _family(self) -> list[psutil.Process]:
        if not self.running:
            return []
        head = psutil.Process(self.pid)
        return [head, *head.children(recursive=True)]

    def _end(self, how: signal.Signals, patience: float) -> None:
        family = self._family()
        if not family:
            return
        self.resume()  # a stopped process hears nothing but SIGKILL
        told(family if how == signal.SIGKILL else family[:1], how)
        deadline = time.monotonic() + patience
        while self.running or any(alive(process) for process in family):
            if time.monotonic() > deadline:
                told(family, signal.SIGKILL)
                deadline += patience
            time.sleep(0.005)


def told(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def alive(process: psutil.Process) -> bool:
    """An orphan that nobody has buried yet is dead."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@functools.cache
def dies_with_us() -> Any:
    """A test run killed with -9 leaves no servers behind (Linux only)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def free_port() -> int:
    """Below those that the system gives to clients, so that nobody takes it while the server is down."""
    while True:
        port = random.randrange(15_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def program(name: str, package: str, *folders: str) -> str:
    """Where a program of the system is. Raises Absent with the line that installs it."""
    found = shutil.which(name, path=os.pathsep.join([*folders, os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
    if found is None:
        raise Absent(f"{name} is not installed: 'apt install --no-install-recommends {package}', or your system's equivalent.")
    return found
