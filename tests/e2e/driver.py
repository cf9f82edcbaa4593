"""`reveille …` as a person starts it: a process of its own, in a folder of its own, with nothing of ours in its environment."""

from __future__ import annotations

import ctypes
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
RUN = "from service.cli import main; main()"
PATIENCE = 60.0
_DROP_CAPABILITY, _DAC_OVERRIDE, _DAC_READ_SEARCH = 24, 1, 2  # prctl(2), capabilities(7)


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Reveille:
    """`command` starts it: this working copy by default, an installed one where a test gives its path."""

    folder: Path
    env: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = (sys.executable, "-W", "error", "-c", RUN)

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        mine = {k: v for k, v in os.environ.items() if not k.startswith(("REVEILLE", "PYTHON", "VIRTUAL_ENV"))}
        ours = {"PYTHONPATH": str(ROOT)} if self.command[0] == sys.executable else {}
        plain = {"HOME": str(self.folder), "COLUMNS": "200", "NO_COLOR": "1", "TZ": "UTC", "PYTHONUNBUFFERED": "1"}
        # A child that may not write large files must not leave halves of compiled modules for others.
        plain["PYTHONDONTWRITEBYTECODE"] = "1"
        return mine | ours | plain | dict(self.env) | dict(more)

    def __call__(
        self,
        *words: str | Path,
        env: Mapping[str, str] | None = None,
        timeout: float = PATIENCE,
        limits: Limits | None = None,
        typed: str = "",
    ) -> Done:
        """To its end. Nothing it prints is ever a traceback. `typed`: what it reads from its standard input."""
        with self.started(*words, env=env, limits=limits, typed=typed) as process:
            return process.ended(timeout)

    @contextmanager
    def started(
        self, *words: str | Path, env: Mapping[str, str] | None = None, limits: Limits | None = None, typed: str = ""
    ) -> Iterator[Process]:
        """Leaves no process behind, whatever becomes of the test."""
        child = subprocess.Popen(
            [*self.command, *map(str, words)],
            cwd=self.folder,
            env=self.environment(env or {}),
            stdin=subprocess.PIPE if typed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=0,
            preexec_fn=limits.apply if limits else None,  # noqa: PLW1509 - it only makes system calls
        )
        process = Process(child)
        if child.stdin is not None:
            child.stdin.write(typed.encode())
            child.stdin.close()
        try:
            yield process
        finally:
            process.kill()

    def config(self, text: str) -> Path:
        file = self.folder / "reveille.yaml"
        draft = self.folder / "draft.yaml"
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)
        return file

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = self("status", "--json").json
        return found

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Straight from the database, for tests that wait: empty until there is one."""
        file = self.folder / ".reveille" / "reveille.db"
        if not file.exists():
            return []
        with closing(sqlite3.connect(file, timeout=10)) as on:
            try:
                return on.execute(sql).fetchall()
            except sqlite3.OperationalError:
                return []

    @property
    def ledger(self) -> list[tuple[Any, ...]]:
        """State and outcome of each occurrence, oldest first."""
        return self.rows("select state, outcome from occurrence order by due_at, id")


@dataclass(frozen=True)
class Limits:
    """What the child may not do: `file_size` in bytes stands for a full disk; `obeys_modes` takes root's way around them."""

    file_size: int | None = None
    obeys_modes: bool = False

    def apply(self) -> None:
        if self.file_size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.file_size, self.file_size))
        if self.obeys_modes and os.getuid() == 0:
            for capability in (_DAC_OVERRIDE, _DAC_READ_SEARCH):
                ctypes.CDLL(None).prctl(_DROP_CAPABILITY, capability, 0, 0, 0)


class Process:
    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        self._texts = [bytearray(), bytearray()]
        self._threads = [
            threading.Thread(target=self._read, args=(pipe, text), daemon=True)
            for pipe, text in zip((child.stdout, child.stderr), self._texts, strict=True)
        ]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _read(pipe: Any, text: bytearray) -> None:
        with pipe:
            while part := pipe.read1(65536):
                text += part

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def out(self) -> str:
        return bytes(self._texts[0]).decode()

    @property
    def err(self) -> str:
        return bytes(self._texts[1]).decode()

    @property
    def is_running(self) -> bool:
        return self._child.poll() is None

    def wait_for(self, pattern: str, timeout: float = PATIENCE) -> None:
        """Until it has printed this, on either stream."""
        until(lambda: re.search(pattern, self.out + self.err) or not self.is_running, timeout, self.state)
        time.sleep(0 if self.is_running else 0.2)
        assert re.search(pattern, self.out + self.err), f"it ended without {pattern!r}: {self.state()}"

    def gone(self, timeout: float = PATIENCE) -> None:
        """Until somebody killed it, or it ended."""
        until(lambda: not self.is_running, timeout, self.state)

    def signal(self, number: int = signal.SIGINT) -> None:
        """To the whole group, as Ctrl-C in a terminal does."""
        os.killpg(self.pid, number)

    def kill(self) -> None:
        """As kill -9 does; its children end by themselves."""
        self._child.kill()  # does nothing where it has ended
        self._child.wait()
        for thread in self._threads:
            thread.join(10)

    def ended(self, timeout: float = PATIENCE) -> Done:
        try:
            code = self._child.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {timeout} s: {self.state()}") from None
        for thread in self._threads:
            thread.join(10)
        assert "Traceback" not in self.err + self.out, self.state()
        return Done(code, self.out, self.err)

    def state(self) -> str:
        return f"\n--- out\n{self.out[-3000:]}\n--- err\n{self.err[-3000:]}"


def until(holds: Callable[[], Any], timeout: float = PATIENCE, state: Callable[[], object] = lambda: "") -> Any:
    end = time.monotonic() + timeout
    while not (found := holds()):
        assert time.monotonic() < end, f"not within {timeout} s {state()}"
        time.sleep(0.05)
    return found
