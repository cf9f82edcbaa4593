"""What a process answers to whoever watches it: /live, /ready and /metrics, on `listen`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Thread
from typing import Any, Self

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from prometheus_client.registry import Collector

from service.asked import Asked
from service.canary import STALE, Canary, Loop
from service.errors import Complaint, ConfigError
from service.logs import logger
from service.metrics import REGISTRY

log = logger("probes")
JSON = "application/json"

Answer = tuple[int, str, bytes]
"""(status, content type, body)."""


class Health:
    """`checks` raise where something does not answer. `ticks`: a clock lives by its own tick, a worker by what it gets done."""

    def __init__(self, canary: Canary | Loop, checks: Mapping[str, Callable[[], object]], *, ticks: bool = False) -> None:
        self._canary, self._ticks = canary, ticks
        self._checks = {name: Asked(check) for name, check in checks.items()}

    def ready(self) -> dict[str, Any]:
        checks = {name: self._check(name) for name in self._checks}
        return {"ready": set(checks.values()) <= {"ok"}, "process": self._canary.process, "checks": checks}

    def live(self) -> dict[str, Any]:
        reasons = self._dead()
        return {
            "live": not reasons,
            "process": self._canary.process,
            "canary_age_seconds": round(self._canary.age, 1),
            "reasons": reasons,
            "remarks": self._remarks() if not reasons else [],
        }

    def _dead(self) -> list[str]:
        canary = self._canary
        if self._ticks:
            return [] if canary.planned else [f"its loop has not come round for {STALE:.0f} s"]
        if not canary.ran:
            return [f"no canary has run end to end for {canary.age:.0f} s"]
        # Where the queue is what is away, its workers look for work by themselves, and starting them anew would not help.
        if not canary.heard and self._check("queue") == "ok":
            return [f"the queue answers, and has brought no canary for {STALE:.0f} s"]
        return []

    def _remarks(self) -> list[str]:
        if self._ticks and not self._canary.ran:
            return [f"no worker has answered its canaries for {self._canary.age:.0f} s"]
        return [] if self._ticks or self._canary.heard else ["the queue does not answer: work is looked for every few seconds"]

    def _check(self, name: str) -> str:
        try:
            self._checks[name]()
        except Exception as error:  # the probe's edge: whatever it is, it is said
            return str(error) or type(error).__name__
        return "ok"


class Probes:
    """The server, in threads of its own. Raises ConfigError where the port can't be had."""

    def __init__(self, listen: str, health: Health, canary: Canary | Loop, *figures: Collector) -> None:
        self._health, self._registry = health, CollectorRegistry()
        up = Gauge("reveille_up", "It answers, and so do its database and its queue.", ("process",), registry=self._registry)
        up.labels(canary.role).set_function(lambda: float(health.ready()["ready"]))
        age = Gauge("reveille_canary_age_seconds", "Since a canary ran end to end.", ("process",), registry=self._registry)
        age.labels(canary.role).set_function(lambda: canary.age)
        for some in figures:
            self._registry.register(some)
        self._server = _server(listen, self.answer)
        self._thread = Thread(target=self._server.serve_forever, args=(0.1,), name="probes", daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def answer(self, path: str) -> Answer:
        match path.partition("?")[0]:
            case "/live":
                return _json(self._health.live(), "live")
            case "/ready":
                return _json(self._health.ready(), "ready")
            case "/metrics":
                return 200, CONTENT_TYPE_LATEST, generate_latest(REGISTRY) + generate_latest(self._registry)
            case _:
                return 404, JSON, b'{"error": "there are /live, /ready and /metrics"}\n'

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _json(found: dict[str, Any], good: str) -> Answer:
    return 200 if found[good] else 503, JSON, (json.dumps(found) + "\n").encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def server_bind(self) -> None:
        """Without asking the resolver for our own name, which nobody needs and which may take long."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])


def _server(listen: str, answer: Callable[[str], Answer]) -> _Server:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10  # seconds a client may take to say what it wants

        def do_GET(self) -> None:
            status, kind, body = answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            log.debug("asked", request=format % args)

    host, _, port = listen.rpartition(":")
    try:
        return _Server((host, int(port)), Handler)
    except (OSError, OverflowError) as error:
        where = Complaint(
            "server settings", None, "listen", f"{listen} can't be listened on: {error}", "Name a port that is free"
        )
        raise ConfigError(where) from error
