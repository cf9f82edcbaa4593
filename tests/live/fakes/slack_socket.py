"""Socket Mode's other end: events in envelopes that want an acknowledgement (https://docs.slack.dev/apis/events-api/using-socket-mode),
over as much of RFC 6455 as that takes. An envelope that was not acknowledged is sent again to the next connection.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import socket
import struct
import threading
from typing import Any
from uuid import uuid4

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Socket:
    """One address for one connection; `open` gives the next."""

    def __init__(self) -> None:
        self.opened = 0
        self.acknowledged: list[str] = []
        self._waiting: dict[str, dict[str, Any]] = {}
        self._tickets: set[str] = set()
        self._connections: list[socket.socket] = []
        self._lock = threading.RLock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    def open(self) -> str:
        """What apps.connections.open gives out: good for one connection."""
        ticket = uuid4().hex
        self._tickets.add(ticket)
        return f"ws://127.0.0.1:{self._listener.getsockname()[1]}/link?ticket={ticket}"

    def send(self, payload: dict[str, Any]) -> None:
        """To the newest connection, if there is one: Slack sends each event to one of them."""
        envelope = {"envelope_id": str(uuid4()), "type": "events_api", "accepts_response_payload": False, "payload": payload}
        with self._lock:
            if self._connections:
                self._waiting[envelope["envelope_id"]] = envelope
                self._write(self._connections[-1], envelope)

    def renew(self) -> None:
        """As Slack does every few hours: the client is asked to connect anew before this connection ends."""
        with self._lock:
            self._write(self._connections[-1], {"type": "disconnect", "reason": "refresh_requested"})

    def cut(self) -> None:
        """Every connection breaks without a word."""
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                connection.close()
            self._connections.clear()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError, struct.error), connection:
            stream = connection.makefile("rb")
            head = stream.readline().decode() + b"".join(iter(stream.readline, b"\r\n")).decode()
            ticket = head.split("ticket=")[1].split()[0].split("&")[0]
            if ticket not in self._tickets:
                connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")
                return
            self._tickets.remove(ticket)
            key = next(line.split(": ", 1)[1] for line in head.splitlines() if line.lower().startswith("sec-websocket-key"))
            accept = base64.b64encode(hashlib.sha1(key.strip().encode() + _MAGIC).digest()).decode()
            connection.sendall(
                f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode()
            )
            self._greet(connection)
            while (frame := _read(stream)) is not None:
                self._hear(connection, *frame)
        with self._lock:
            if connection in self._connections:
                self._connections.remove(connection)

    def _greet(self, connection: socket.socket) -> None:
        with self._lock:
            self.opened += 1
            self._write(connection, {"type": "hello", "num_connections": 1})
            for envelope in self._waiting.values():
                self._write(connection, {**envelope, "retry_attempt": 1})
            self._connections.append(connection)

    def _hear(self, connection: socket.socket, opcode: int, data: bytes) -> None:
        if opcode == PING:
            with self._lock:
                connection.sendall(_frame(PONG, data))
        elif opcode == TEXT:
            envelope = json.loads(data).get("envelope_id", "")
            with self._lock:
                if self._waiting.pop(envelope, None) is not None:
                    self.acknowledged.append(envelope)

    def _write(self, connection: socket.socket, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            connection.sendall(_frame(TEXT, json.dumps(message).encode()))


def _frame(opcode: int, data: bytes) -> bytes:
    """Whole and unmasked, as a server's are (RFC 6455 section 5.2)."""
    size = len(data)
    length = (
        struct.pack("!B", size)
        if size < 126
        else struct.pack("!BH", 126, size)
        if size < 2**16
        else struct.pack("!BQ", 127, size)
    )
    return bytes([0x80 | opcode]) + length + data


def _read(stream: Any) -> tuple[int, bytes] | None:
    """The next frame, unmasked; None at the end. A client masks, and these messages come in one frame each."""
    head = stream.read(2)
    if len(head) < 2 or head[0] & 0x0F == CLOSE:
        return None
    if not head[1] & 0x80:
        raise ValueError("a client's frames are masked")
    size = head[1] & 0x7F
    if size >= 126:
        size = struct.unpack("!H" if size == 126 else "!Q", stream.read(2 if size == 126 else 8))[0]
    mask, data = stream.read(4), stream.read(size)
    return head[0] & 0x0F, bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))
