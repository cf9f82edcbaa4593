"""Slack against `emulate`, which somebody else wrote: it is reached by the vendor's own SDK, and has gaps of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from service.domain.items import Provenance, Thread
from service.integrations.slack import Settings
from service.integrations.slack.source import Slack
from service.settings.section import Secret
from tests.integration.source_contract import Kept, surroundings
from tests.live.contract import LiveContract, LiveWorld
from tests.live.proxy import FaultProxy
from tests.live.slack_world import Tokens
from tests.services import Absent, Emulate

MARA, DANA = "xoxb-mara-s3cret", "xoxb-dana-s3cret"
WORLDS = 60
"""Each has tokens of its own, for emulate answers a token 5,000 times an hour."""
SEED = {
    "slack": {
        "team": {"name": "Acme", "domain": "acme"},
        "users": [
            {"name": "mara", "real_name": "Mara Keller", "email": "mara@keller.example"},
            {"name": "dana", "real_name": "Dana Weiss", "email": "dana@acme.example"},
        ],
        "tokens": [
            {"token": f"{token}{n}", "user": user} for token, user in ((MARA, "mara"), (DANA, "dana")) for n in range(WORLDS)
        ],
    }
}
_rooms = count(1)


@pytest.fixture(scope="module")
def emulate() -> Iterator[Emulate]:
    try:
        emulate = Emulate(["slack"], SEED)
    except Absent as absent:
        pytest.skip(str(absent))
    with emulate:
        yield emulate


class World(LiveWorld):
    """A channel of its own in a workspace that others use too."""

    secrets = (MARA, DANA)
    moves = False
    most_requests = 3  # users.conversations, which it lacks; conversations.list; the channel
    most_bodies = 1

    def __init__(self, emulate: Emulate, proxy: FaultProxy, folder: Path) -> None:
        self.proxy, self._broken, number = proxy, 0, next(_rooms)
        self.token = f"{MARA}{number % WORLDS}"
        self.dana = WebClient(f"{DANA}{number % WORLDS}", base_url=f"{emulate.url}/api/")
        self.mara = WebClient(self.token, base_url=f"{emulate.url}/api/")
        self.room = self.dana.conversations_create(name=f"room-{number}")["channel"]["id"]
        self.dana.conversations_invite(channel=self.room, users=[self.mara.auth_test()["user_id"]])
        self.said: list[str] = []
        self._at = replace(surroundings(folder), clock=lambda: datetime.now(UTC), credentials=Tokens(lambda: self.token))

    def connect(self) -> Slack:
        token = Secret(kept="slack")
        return Settings(kind="slack", token=token, base_url=f"{self.proxy.url}/api/", channels=(self.room,)).connect(self._at)

    def fill(self, count: int, *, start: int = 0) -> None:
        for number in range(start, start + count):
            said = self.dana.chat_postMessage(channel=self.room, text=f"This is number {number}.")
            self.said.append(said["ts"])
            if number % 10 == 0:
                self.mara.chat_postMessage(channel=self.room, text="Is it?", thread_ts=said["ts"])

    def edit(self) -> None:
        self.dana.chat_update(channel=self.room, ts=self.said[1], text="This is number one.")

    def delete(self) -> None:
        self.dana.chat_delete(channel=self.room, ts=self.said[1])

    def expire(self) -> None:
        """Nothing does: a cursor of ours holds timestamps, and none of Slack's own cursors."""

    def asked(self) -> AbstractContextManager[list[Any]]:
        return self.proxy.counted()

    def bodies(self, asked: list[Any]) -> int:
        return sum(request.path.endswith(("conversations.history", "conversations.replies")) for request in asked)

    def refuse_the_login(self) -> None:
        self.proxy.fail(status=200, body=b'{"ok": false, "error": "invalid_auth"}', times=100)

    def be_busy(self, retry_after: int | None) -> None:
        self.proxy.fail(status=429, headers={} if retry_after is None else {"Retry-After": str(retry_after)})

    def be_broken(self) -> None:
        faults: list[dict[str, Any]] = [{"status": 500}, {"status": 200, "body": b'{"ok": tr'}, {"hang": 0.05}]
        self.proxy.fail(**faults[self._broken % len(faults)])
        self._broken += 1

    def mend(self) -> None:
        self.proxy.mend()


class TestEmulatedSlack(LiveContract):
    @pytest.fixture
    def world(self, emulate: Emulate, tmp_path: Path) -> Iterator[World]:
        with FaultProxy(emulate.port) as proxy:
            yield World(emulate, proxy, tmp_path)

    def many_thousand(self, world: LiveWorld, count: int) -> None:
        """As many as can be posted to it one by one in this time."""
        super().many_thousand(world, count // 50)

    def test_a_thread_is_one_item_with_its_answers(self, world: World) -> None:
        world.fill(1)
        thread = next(iter(Kept().sync(world.connect()).items.values()))
        assert isinstance(thread, Thread)
        assert [(post.author.name, post.provenance) for post in thread.posts] == [
            ("Dana Weiss", Provenance.OUTSIDE),
            ("Mara Keller", Provenance.OWN),
        ]
        assert thread.url.startswith(f"https://acme.slack.com/archives/{world.room}/p")
