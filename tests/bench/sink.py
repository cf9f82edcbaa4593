"""An SMTP server that takes everything and keeps nothing, in a process of its own: as little server time as Python allows."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def running() -> Iterator[int]:
    """Its port on this machine."""
    with subprocess.Popen([sys.executable, "-m", __name__], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def _serve() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            client, _ = server.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_talk, args=(client,), daemon=True).start()


def _talk(client: socket.socket) -> None:
    answers = {b"EHLO": b"250-sink\r\n250 SIZE 50000000\r\n", b"QUIT": b"221 bye\r\n", b"DATA": b"354 go on\r\n"}
    with client, client.makefile("rb") as lines:
        client.sendall(b"220 sink\r\n")
        for line in lines:
            word = line[:4].upper()
            client.sendall(answers.get(word, b"250 ok\r\n"))
            if word == b"QUIT":
                return
            if word == b"DATA":
                while lines.readline() not in {b".\r\n", b""}:
                    pass
                client.sendall(b"250 kept\r\n")


if __name__ == "__main__":
    _serve()
