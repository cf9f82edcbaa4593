"""What the tests of Microsoft's kinds share: a connection in memory, and a fake Graph behind a proxy that makes it fail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from service.domain.credentials import Credential, Held
from service.http import Pace
from service.ports import Source, Surroundings
from tests.builders import NOON
from tests.integration.source_contract import surroundings
from tests.live.contract import LiveWorld
from tests.live.fakes.graph import FakeGraph
from tests.live.proxy import FaultProxy, Request

TOKEN = "eyJ0-access-token-that-nobody-may-see"
SCOPES = frozenset({"Mail.Read", "Calendars.Read", "User.Read"})
UNHURRIED = Pace(100_000, burst=100_000)


@dataclass
class Keys:
    """`ports.Credentials` with one connection in memory."""

    held: Held
    renewals: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, name: str) -> Held | None:
        return self.held if name == "microsoft" else None

    def renew(self, name: str, stale: Held, how: Callable[[Credential], Credential]) -> Held:
        with self._lock:
            if self.held.version == stale.version:
                self.renewals += 1
                self.held = Held(how(self.held.credential), stale.version + 1)
            return self.held


def signed_in(url: str) -> Keys:
    about = {"client_id": "c-1", "authority": "https://127.0.0.1:9/common", "graph": url}
    secrets = {"access_token": TOKEN}
    credential = Credential("microsoft", "mara@keller.example", tuple(SCOPES), secrets, about, NOON + timedelta(days=400))
    return Keys(Held(credential, 1))


class GraphWorld(LiveWorld):
    most_requests = 1
    secrets = (TOKEN,)

    def __init__(self, graph: FakeGraph, proxy: FaultProxy, folder: Path) -> None:
        self.graph, self.proxy, self._folder = graph, proxy, folder
        self.keys = signed_in(proxy.url)
        graph.base, graph.tokens[TOKEN] = proxy.url, SCOPES
        self.ids: dict[int, str] = {}
        self._breakage = 0
        self._made: list[Any] = []

    @property
    def at(self) -> Surroundings:
        return replace(surroundings(self._folder), credentials=self.keys)

    def made(self, source: Any) -> Any:
        self._made.append(source)
        return source

    def close(self) -> None:
        for source in self._made:
            source.close()

    def connect(self, **settings: Any) -> Source:
        raise NotImplementedError

    def expire(self) -> None:
        self.graph.links.expire()

    @contextmanager
    def asked(self) -> Iterator[list[Request]]:
        with self.proxy.counted() as found:
            yield found

    def refuse_the_login(self) -> None:
        self.graph.tokens.clear()

    def be_busy(self, retry_after: int | None) -> None:
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self.proxy.fail(status=429, headers=headers, body=b'{"error": {"code": "TooManyRequests"}}')

    def be_broken(self) -> None:
        fault: list[dict[str, Any]] = [{"status": 503}, {"cut": 60}, {"hang": 0.1}]
        self.proxy.fail(**fault[self._breakage % 3])
        self._breakage += 1

    def mend(self) -> None:
        self.proxy.mend()
        self.graph.tokens[TOKEN] = SCOPES
