"""An SMTP server that takes everything and keeps nothing, in a process of its own: as little server time as Python allows.

It can note for whom something came and when: `arrivals` reads that.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def running(notes: Path | None = None) -> Iterator[int]:
    """Its port on this machine."""
    command = [sys.executable, "-m", __name__, *([str(notes)] if notes else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def arrivals(notes: Path) -> dict[str, list[float]]:
    """Recipient → when their mails had come whole, in seconds since 1970."""
    came: dict[str, list[float]] = {}
    for line in notes.read_text().splitlines() if notes.exists() else ():
        at, _, who = line.partition(" ")
        came.setdefault(who, []).append(float(at))
    return came


def _serve(notes: TextIO | None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            client, _ = server.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_talk, args=(client, notes), daemon=True).start()


def _talk(client: socket.socket, notes: TextIO | None) -> None:
    who = ""
    answers = {b"EHLO": b"250-sink\r\n250 SIZE 50000000\r\n", b"QUIT": b"221 bye\r\n", b"DATA": b"354 go on\r\n"}
    with client, client.makefile("rb") as lines:
        client.sendall(b"220 sink\r\n")
        for line in lines:
            word = line[:4].upper()
            client.sendall(answers.get(word, b"250 ok\r\n"))
            if word == b"QUIT":
                return
            if word == b"RCPT":
                who = line.partition(b"<")[2].partition(b">")[0].decode()
            if word == b"DATA":
                while lines.readline() not in {b".\r\n", b""}:
                    pass
                if notes:
                    notes.write(f"{time.time()} {who}\n")
                client.sendall(b"250 kept\r\n")


if __name__ == "__main__":
    _serve(Path(sys.argv[1]).open("a", buffering=1) if len(sys.argv) > 1 else None)  # noqa: SIM115 - until it is killed
