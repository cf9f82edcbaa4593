"""An account of the fake HubSpot behind a proxy, and a source that reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from service.http import Fixed, Pace
from service.integrations.hubspot import USUAL
from service.integrations.hubspot.api import Api, Paces
from service.integrations.hubspot.source import HubSpot
from tests.builders import NOON
from tests.integration.source_contract import surroundings
from tests.live.contract import LiveWorld
from tests.live.fakes.hubspot import Account, Fake
from tests.live.proxy import FaultProxy, Request

_BROKEN: tuple[dict[str, Any], ...] = ({"status": 502}, {"cut": 30}, {"hang": 0.1}, {"status": 477})


@dataclass
class HubSpotWorld(LiveWorld):
    """Its items are contacts. The pace is quick: that the published one is kept to has a test of its own."""

    fake: Fake
    proxy: FaultProxy
    folder: Path
    objects: tuple[str, ...] = USUAL
    ids: list[int] = field(default_factory=list)
    later: timedelta = timedelta(0)
    paces: Paces = field(default_factory=lambda: Paces(Pace(1e6), Pace(1e6)))
    broken: int = 0
    opened: list[Api] = field(default_factory=list)
    moves = False

    def __post_init__(self) -> None:
        self.secrets = (self.account.token,)
        self._token = self.account.token

    @property
    def account(self) -> Account:
        return self.fake.account

    def connect(self) -> HubSpot:
        at = replace(surroundings(self.folder), clock=lambda: NOON + self.later, account="hubspot")
        login = Fixed({"Authorization": f"Bearer {self._token}"})
        self.opened.append(Api(self.proxy.url, at.clock, login, self.paces))
        return HubSpot(self.opened[-1], self.objects, at)

    def fill(self, count: int, *, start: int = 0) -> None:
        for n in range(start, start + count):
            self.ids.append(self.account.add("contacts", firstname="Dana", lastname=f"No {n}", email=f"dana{n}@atlas.example"))

    def edit(self) -> None:
        self.account.change("contacts", self.ids[1], jobtitle="CFO")

    def delete(self) -> None:
        self.account.archive("contacts", self.ids[1])

    def expire(self) -> None:
        self.later += timedelta(days=8)

    def asked(self) -> AbstractContextManager[list[Any]]:
        return self.proxy.counted()

    def bodies(self, asked: list[Request]) -> int:
        """Searches for the time of the last change alone bring no content."""
        return sum(
            request.path.endswith("/batch/read") or len(json.loads(request.body)["properties"]) > 1
            for request in asked
            if "/crm/v3/objects/" in request.path and request.method == "POST"
        )

    def refuse_the_login(self) -> None:
        self.account.token = "pat-another"

    def be_busy(self, retry_after: int | None) -> None:
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        body = {"status": "error", "errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}
        self.proxy.fail(status=429, headers=headers, body=json.dumps(body).encode())

    def be_broken(self) -> None:
        self.proxy.fail(**_BROKEN[self.broken % len(_BROKEN)])
        self.broken += 1

    def mend(self) -> None:
        self.proxy.mend()
        self.account.token = self._token


@contextmanager
def a_world(folder: Path, **options: Any) -> Iterator[HubSpotWorld]:
    with Fake() as fake, FaultProxy(fake.port) as proxy:
        world = HubSpotWorld(fake, proxy, folder, **options)
        yield world
        for api in world.opened:
            api.close()
