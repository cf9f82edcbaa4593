"""A proxy on this machine for protocols of lines that begin with a tag (IMAP): tells what was asked, and answers in the server's place."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

_LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n$")
_ENTRANCE = frozenset({"CAPABILITY", "LOGIN", "AUTHENTICATE", "STARTTLS", "ID"})


@dataclass(slots=True)
class LineFault:
    """What happens to the next commands that `where` is found in. One of: `say`, `hang`, `cut`.

    `say`: answered with this, "{tag}" being the command's, and not passed on; "" closes without a word. `hang`: seconds of
    silence before the connection is closed. `cut`: so many bytes of the server's own answer before it is closed. `then_close`
    after `say`. `before`: said before the command is passed on as usual.
    """

    where: str = ""
    say: str | None = None
    then_close: bool = False
    hang: float = 0.0
    cut: int | None = None
    before: str | None = None
    times: int = 1


class LineProxy:
    """`with LineProxy(port) as proxy: …` with `proxy.port` in place of the server's. `hide`: capabilities that it keeps to itself."""

    def __init__(
        self, upstream: int, *, hide: frozenset[str] = frozenset(), rewrite: Callable[[bytes], bytes] | None = None
    ) -> None:
        self.lines: list[str] = []
        """All commands, without their tags; of the login only the name."""
        self.connections = 0
        self.hide, self._rewrite, self._upstream = hide, rewrite, upstream
        self._faults: list[LineFault] = []
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._ended = False

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    def fail(self, **fault: Any) -> None:
        with self._lock:
            self._faults.append(LineFault(**fault))

    def mend(self) -> None:
        with self._lock:
            self._faults.clear()

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The commands after the login that come meanwhile, filled in at the end."""
        before, found = len(self.lines), list[str]()
        yield found
        found.extend(line for line in self.lines[before:] if line.partition(" ")[0] not in _ENTRANCE)

    def drop_all(self) -> None:
        """Every connection that is open ends."""
        with self._lock:
            for one in self._open:
                _close(one)
            self._open.clear()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        _close(self._listening)
        self.drop_all()

    # --- one connection ----------------------------------------------------------------------------------------------------

    def _accept(self) -> None:
        while not self._ended:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._upstream), timeout=60)
        except OSError:
            _close(client)
            return
        with self._lock:
            self._open |= {client, server}
        state: dict[str, Any] = {"left": None}
        back = threading.Thread(target=self._answers, args=(server, client, state), daemon=True)
        back.start()
        with contextlib.suppress(OSError), client.makefile("rb") as lines:
            while (line := lines.readline()) and self._command(line, lines, client, server, state):
                pass
        _close(server)
        _close(client)
        with self._lock:
            self._open -= {client, server}

    def _command(self, line: bytes, lines: Any, client: socket.socket, server: socket.socket, state: dict[str, Any]) -> bool:
        """Whether the connection goes on."""
        tag, _, rest = line.decode("utf-8", "replace").rstrip("\r\n").partition(" ")
        command = rest or tag  # DONE and the answer to a challenge carry no tag
        name = command.partition(" ")[0].upper()
        self.lines.append(name if name in _ENTRANCE or not rest else command)
        fault = self._fault(command)
        if fault is not None and fault.cut is None and fault.before is None:
            return _instead(fault, tag, client)
        if fault is not None and fault.before is not None:
            client.sendall(fault.before.replace("{tag}", tag).encode())
        if fault is not None and fault.cut is not None:
            state["left"] = fault.cut
        server.sendall(line)
        while literal := _LITERAL.search(line):
            server.sendall(lines.read(int(literal[1])))
            line = lines.readline()
            server.sendall(line)
        return True

    def _answers(self, server: socket.socket, client: socket.socket, state: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                data = self._seen(data)
                if state["left"] is not None:
                    data = data[: state["left"]]
                    state["left"] -= len(data)
                client.sendall(data)
                if state["left"] == 0:
                    break
        _close(client)
        _close(server)

    def _seen(self, data: bytes) -> bytes:
        if b"CAPABILITY " in data:
            for capability in self.hide:
                data = re.sub(rb" " + re.escape(capability.encode()) + rb"(?=[ \]\r])", b"", data)
        return self._rewrite(data) if self._rewrite else data

    def _fault(self, command: str) -> LineFault | None:
        with self._lock:
            for fault in self._faults:
                if re.search(fault.where, command):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                    return fault
        return None


def _instead(fault: LineFault, tag: str, client: socket.socket) -> bool:
    if fault.hang:
        time.sleep(fault.hang)
        return False
    client.sendall((fault.say or "").replace("{tag}", tag).encode())
    return bool(fault.say) and not fault.then_close


def _close(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
