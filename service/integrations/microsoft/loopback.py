"""Where the browser comes back to after signing in (RFC 8252 section 7.3): a listener on this machine, for one answer."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

from service.errors import AccessLost

MINUTES = 10
_THANKS = b"<!doctype html><meta charset=utf-8><title>Reveille</title><p>That is all: you can close this page and go back to the terminal."
_LARGEST = 64 * 1024


class Loopback:
    def __init__(self, port: int) -> None:
        self.url = f"http://localhost:{port}"
        self._answers: queue.Queue[Mapping[str, str]] = queue.Queue()

    def answer(self, seconds: float = MINUTES * 60) -> Mapping[str, str]:
        """What the browser brought. Raises AccessLost where it never came."""
        try:
            return self._answers.get(timeout=seconds)
        except queue.Empty:
            raise AccessLost(
                f"nobody signed in within {MINUTES} minutes: run `reveille connect microsoft` again, with device=yes where no browser is here"
            ) from None

    def bring(self, said: str) -> bool:
        """Whether that was the answer: browsers ask for icons, too."""
        brought = dict(parse_qsl(said))
        if not {"code", "error"} & brought.keys():
            return False
        self._answers.put(brought)
        return True


@contextmanager
def listening() -> Iterator[Loopback]:
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    server.loopback = loopback = Loopback(server.server_port)  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        yield loopback
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    timeout = 10

    def do_GET(self) -> None:
        self._thank(urlsplit(self.path).query)

    def do_POST(self) -> None:
        """Entra is asked to post what it says, so that no history keeps it (RFC 9700 section 4.3.1)."""
        length = min(int(self.headers.get("Content-Length") or 0), _LARGEST)
        self._thank(self.rfile.read(length).decode("utf-8", "replace"))

    def _thank(self, said: str) -> None:
        came = self.server.loopback.bring(said)  # type: ignore[attr-defined]
        self.send_response(200 if came else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(_THANKS) if came else 0))
        self.end_headers()
        self.wfile.write(_THANKS if came else b"")

    def log_message(self, *_: object) -> None:
        """Never: the path holds the code."""
