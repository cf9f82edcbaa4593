"""An HTTP server of one function, for fakes."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Self

from tests.live.loopback import Loopback


@dataclass(frozen=True, slots=True)
class Said:
    """`body` is bytes as they are, None for nothing, else what becomes JSON."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else b"" if self.body is None else json.dumps(self.body).encode()


Answering = Callable[[str, str, Mapping[str, str], bytes], Said]
"""Of method, path with its query, headers in lower case and body."""


class Serving:
    def __init__(self, answer: Answering, tls: ssl.SSLContext | None = None) -> None:
        self._server = Loopback(_handler(answer))
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(answer: Answering) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = answer(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            data = said.data
            self.send_response(said.status)
            kind = "application/octet-stream" if isinstance(said.body, bytes) else "application/json"
            for name, value in {"Content-Type": kind, **said.headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Handler
