"""What the harness has of the sink: its log, read only, and orders to pause or refuse at a step of a conversation."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.driver import ROOT, until
from tests.services.process import dies_with_us


@dataclass
class Witness:
    folder: Path
    mail_port: int
    http_port: int

    # --- orders --------------------------------------------------------------------------------------------------------------

    def hold(self, step: str, times: int = 1) -> None:
        """The next conversations that reach this step wait there until `free`."""
        self._order({"at": step, "answer": "hold", "times": times})

    def refuse(self, step: str, answer: str, times: int = 1) -> None:
        self._order({"at": step, "answer": answer, "times": times})

    def free(self) -> None:
        self._order({})

    def held(self, since: int, step: str) -> list[dict[str, Any]]:
        """Conversations held at this step, of those written after line `since` of its steps."""
        return [line for line in self.steps(since) if line.get("held") == step]

    def _order(self, order: dict[str, Any]) -> None:
        address = f"http://127.0.0.1:{self.http_port}/orders"
        with urllib.request.urlopen(urllib.request.Request(address, json.dumps(order).encode()), timeout=10):
            return

    # --- what it saw ---------------------------------------------------------------------------------------------------------

    def steps(self, since: int = 0) -> list[dict[str, Any]]:
        return _lines(self.folder / "steps.jsonl")[since:]

    @property
    def arrivals(self) -> list[dict[str, Any]]:
        return _lines(self.folder / "arrivals.jsonl")

    def count(self, kind: str) -> Counter[str]:
        """How often each key arrived."""
        return Counter(line["key"] for line in self.arrivals if line["kind"] == kind)

    def returned_to(self, maildirs: dict[str, str]) -> None:
        """Mail from these domains comes back to these maildirs: there its Message-ID is proof that it arrived."""
        draft = self.folder / "maildirs.draft"
        draft.write_text(json.dumps(maildirs))
        draft.replace(self.folder / "maildirs.json")


def _lines(file: Path) -> list[dict[str, Any]]:
    """Whole lines only: the last one may be half written."""
    if not file.exists():
        return []
    whole, _, _ = file.read_bytes().rpartition(b"\n")
    return [json.loads(line) for line in whole.splitlines()]


@contextmanager
def witness(folder: Path) -> Iterator[Witness]:
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.e2e.chaos.sink", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, process_group=0, preexec_fn=dies_with_us()) as sink:  # noqa: PLW1509 - one system call
        try:
            ports = until(lambda: (folder / "ports.json").exists() and json.loads((folder / "ports.json").read_text()), 120)
            yield Witness(folder, ports["mail"], ports["http"])
        finally:
            sink.kill()
