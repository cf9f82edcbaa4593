"""The address on this machine that the browser comes back to (RFC 8252 section 7.3), open for one sign-in."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Empty, Queue
from typing import Self
from urllib.parse import parse_qsl, urlsplit

_SAID = b"<!doctype html><meta charset=utf-8><title>Reveille</title><p>You can close this window and go back to the terminal.\n"


class Landing:
    """Takes the first request that carries a `state`; whatever else comes by (an icon, a scan) is not found."""

    def __init__(self, address: str = "") -> None:
        """`address`: where the client says that it is; without a port, or "", any free one is taken, as Google allows. Raises OSError
        where the port is taken.
        """
        self._answers: Queue[dict[str, str]] = Queue()
        self._server = HTTPServer(("127.0.0.1", _port(address)), self._handler())
        self._address = address if _port(address) else ""
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    @property
    def url(self) -> str:
        return self._address or f"http://127.0.0.1:{self._server.server_address[1]}/"

    def wait(self, seconds: float) -> dict[str, str] | None:
        """The words of the query; None where nobody came."""
        try:
            return self._answers.get(timeout=seconds)
        except Empty:
            return None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answers = self._answers

        class Handler(BaseHTTPRequestHandler):
            timeout = 10  # a browser that connects ahead and says nothing must not keep the door shut

            def do_GET(self) -> None:
                said = words(self.path)
                if "state" not in said:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(_SAID)))
                self.end_headers()
                self.wfile.write(_SAID)
                answers.put(said)

            def log_message(self, *_: object) -> None:
                """Quiet: the request has the code in it."""

        return Handler


def _port(address: str) -> int:
    return urlsplit(address).port or 0


def words(address: str) -> dict[str, str]:
    """The query of an address, as the browser shows it or as a server is asked for it."""
    try:
        return dict(parse_qsl(urlsplit(address.strip()).query))
    except ValueError:
        return {}
