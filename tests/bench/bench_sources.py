"""Sources in files: how fast an mbox is split, against the standard library on the same file."""

from __future__ import annotations

import mailbox
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from service.integrations.mbox.files import opened
from service.integrations.mbox.message import parse
from tests.bench.figures import Figure, report

MESSAGES = 20_000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Inbox"
        _write(path)
        peer = _rate(lambda: _with_mailbox(path))
        contents = _rate(lambda: _contents(path))
        bounds = _rate(lambda: _boundaries(path))
        ours = _rate(lambda: _split(path))
    report(
        Figure("mbox: where messages begin", bounds, contents, "/s", "mailbox.mbox"),
        Figure("mbox: bytes (ours with digest and flags)", ours, peer, "/s", "mailbox.mbox"),
    )


def _write(path: Path) -> None:
    body = "A line of some eighty characters, as people write them when they have things to say.\n" * 30
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for number in range(MESSAGES):
            file.write(
                f"From dana@atlas.example Fri May  1 08:{number % 60:02}:00 2026\nFrom: Dana <dana@atlas.example>\n"
                f"To: mara@keller.example\nSubject: Term sheet {number}\nMessage-ID: <m{number}@atlas.example>\nStatus: RO\n\n{body}\n"
            )


def _rate(read: Callable[[], int]) -> float:
    """Messages a second, the best of three."""
    best = 0.0
    for _ in range(3):
        started = time.perf_counter()
        count = read()
        assert count == MESSAGES, count
        best = max(best, count / (time.perf_counter() - started))
    return best


def _split(path: Path) -> int:
    """Every message's bytes, digest and flags, as a sync needs them."""
    with opened(path) as file:
        chunks = (file.chunk(start, length) for start, length in file.spans(file.starts(0)))
        return sum(1 for chunk in chunks if chunk and parse(chunk).data)


def _boundaries(path: Path) -> int:
    with opened(path) as file:
        return len(file.starts(0))


def _contents(path: Path) -> int:
    box = mailbox.mbox(os.fspath(path), create=False)
    try:
        return len(box)
    finally:
        box.close()


def _with_mailbox(path: Path) -> int:
    """The raw bytes of every message; no parsing."""
    box = mailbox.mbox(os.fspath(path), create=False)
    try:
        return sum(1 for key in box.iterkeys() if box.get_bytes(key))
    finally:
        box.close()


if __name__ == "__main__":
    main()
