"""A reverse proxy on this machine: says what was asked of the server behind it, and answers in its place with whatever goes wrong."""

from __future__ import annotations

import contextlib
import http.client
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.live.loopback import Hosted

HOP_BY_HOP = frozenset({"connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade"})


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str  # with its query
    headers: Mapping[str, str]  # names in lower case
    body: bytes


@dataclass(slots=True)
class Fault:
    """What happens to the next requests instead of their answer. One of: a status, a hang, a cut.

    `hang`: seconds without a word before the connection is closed. `cut`: the server's own answer, but only so many bytes of its
    body, though its Content-Length says otherwise.
    """

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    hang: float = 0.0
    cut: int | None = None
    times: int = 1
    where: str = ""
    """A regular expression that the method and path must hold: "GET /v1/"."""


class FaultProxy(Hosted):
    """`with FaultProxy(port) as proxy: …` with `proxy.url` in place of the server's. `date` shifts the Date header it answers with."""

    def __init__(self, upstream: int, host: str = "127.0.0.1") -> None:
        self.requests: list[Request] = []
        self.date_shift = 0.0  # seconds
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._upstream = (host, upstream)
        self.host(self._handler())

    def fail(self, **fault: Any) -> None:
        with self._lock:
            self._faults.append(Fault(**fault))

    def mend(self) -> None:
        """Faults that nothing has met yet are taken back."""
        with self._lock:
            self._faults.clear()

    @contextmanager
    def counted(self) -> Iterator[list[Request]]:
        """The requests that come meanwhile, filled in at the end."""
        before, found = len(self.requests), list[Request]()
        yield found
        found.extend(self.requests[before:])

    def _fault(self, request: Request) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if re.search(fault.where, f"{request.method} {request.path}"):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                    return fault
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else each answer waits 40 ms for the acknowledgement of its head

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):  # PROPFIND, REPORT, PATCH and all the others
                    return self._answer
                raise AttributeError(name)

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, self.rfile.read(length))
                proxy.requests.append(request)
                fault = proxy._fault(request)
                if fault and fault.hang:
                    time.sleep(fault.hang)
                    self.close_connection = True
                    return
                if fault and fault.status:
                    self._send(fault.status, {"Content-Type": "application/json", **fault.headers}, fault.body)
                    return
                self._pass_on(request, fault.cut if fault else None)

            def _pass_on(self, request: Request, cut: int | None) -> None:
                to = http.client.HTTPConnection(*proxy._upstream, timeout=60)
                try:
                    headers = {n: v for n, v in request.headers.items() if n not in HOP_BY_HOP}
                    to.request(request.method, request.path, request.body or None, headers)
                    reply = to.getresponse()
                    body = reply.read()
                    answered = {n: v for n, v in reply.getheaders() if n.lower() not in HOP_BY_HOP | {"content-length"}}
                    self._send(reply.status, answered, body, cut)
                finally:
                    to.close()

            def _send(self, status: int, headers: Mapping[str, str], body: bytes, cut: int | None = None) -> None:
                self.send_response_only(status)
                for name, value in headers.items():
                    if name.lower() != "date":
                        self.send_header(name, value)
                self.send_header("Date", self.date_time_string(int(time.time() + proxy.date_shift)))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    if self.command != "HEAD":
                        self.wfile.write(body if cut is None else body[:cut])
                if cut is not None:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Quiet: `requests` tells."""

        return Handler
