"""A workspace on the strict fake, behind a proxy that makes it fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from service.domain.credentials import Credential, Held
from service.integrations.slack import Settings
from service.integrations.slack.doorbell import Rung, where
from service.integrations.slack.source import Slack
from service.integrations.slack.watch import BUDGET
from service.ports import NoCredentials
from tests.builders import NOON
from tests.integration.source_contract import surroundings
from tests.live.contract import LiveWorld
from tests.live.fakes.slack import ALL_SCOPES, FakeSlack, Token
from tests.live.proxy import FaultProxy

USER, BOT = "xoxp-mara-s3cret", "xoxb-bot-s3cret"
CONTENT = ("conversations.history", "conversations.replies", "search.messages")
ROOMS = 50


def ts(number: int) -> str:
    return f"{(NOON - timedelta(hours=20)).timestamp() + number:.6f}"


def a_workspace(slack: FakeSlack, rooms: int = ROOMS) -> None:
    slack.add_user("U1", "mara", "Mara Keller", "mara@keller.example")
    slack.add_user("U2", "dana", "Dana Weiss", "dana@acme.example")
    slack.add_user("UBOT", "reveille", "Reveille", "")
    slack.groups["S1"] = {"id": "S1", "handle": "leads", "users": ["U1"]}
    slack.tokens = {USER: Token("U1"), BOT: Token("UBOT", bot=True, scopes=ALL_SCOPES - {"search:read"})}
    for number in range(rooms):
        slack.add_room(f"C{number:02}", f"room-{number:02}", members=("U1", "U2", "UBOT"))


class Tokens(NoCredentials):
    """What keeps a token, "slack", that may change."""

    def __init__(self, token: Callable[[], str]) -> None:
        self.token = token

    def get(self, name: str) -> Held | None:
        return Held(Credential("slack", secrets={"token": self.token()}), 1) if name == "slack" else None


class World(LiveWorld):
    """50 channels, one of them with all the talk. `how`: turns, search or doorbell."""

    secrets = (USER, BOT)
    moves = False

    def __init__(self, slack: FakeSlack, proxy: FaultProxy, folder: Path, how: str) -> None:
        self.slack, self.proxy, self.how = slack, proxy, how
        self.token = USER if how == "search" else BOT
        self.most_requests, self.most_bodies = {"turns": (1 + BUDGET, BUDGET), "search": (3, 2), "doorbell": (1, 0)}[how]
        self.at = replace(surroundings(folder), credentials=Tokens(lambda: self.token))
        self._broken = 0
        self.rung = Rung() if how == "doorbell" else None
        if self.rung:
            rung = self.rung
            slack.heard.append(lambda event: rung.ring(*where(event)))  # type: ignore[misc]
        a_workspace(slack)

    def connect(self, **given: Any) -> Slack:
        given = {"token": {"kept": "slack"}, **given}
        source = Settings(kind="slack", base_url=f"{self.proxy.url}/api/", **given).connect(self.at)
        if self.rung:
            source.listen(self.rung)
        return source

    def fill(self, count: int, *, start: int = 0) -> None:
        for number in range(start, start + count):
            self.slack.say("C07", ts(number), "U2", f"This is number {number}.")
            if number % 10 == 0 and number < 1000:
                self.slack.say("C07", ts(number)[:-1] + "5", "U1", "Is it?", thread=ts(number))

    def edit(self) -> None:
        self.slack.edit("C07", ts(1), "This is number one.")

    def delete(self) -> None:
        self.slack.delete("C07", ts(1))

    def expire(self) -> None:
        """Nothing does: a cursor of ours holds timestamps, and none of Slack's own cursors."""

    def asked(self) -> AbstractContextManager[list[Any]]:
        return self.proxy.counted()

    def bodies(self, asked: list[Any]) -> int:
        return sum(request.path.endswith(CONTENT) for request in asked)

    def refuse_the_login(self) -> None:
        self.slack.tokens[self.token].error = "token_revoked"

    def be_busy(self, retry_after: int | None) -> None:
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self.proxy.fail(status=429, headers=headers, body=b'{"ok": false, "error": "ratelimited"}')

    def be_broken(self) -> None:
        faults: list[dict[str, Any]] = [
            {"status": 503, "body": b"<html>upstream</html>"},
            {"cut": 20},
            {"status": 200, "body": b'{"ok": false, "error": "fatal_error"}'},
            {"hang": 0.05},
        ]
        self.proxy.fail(**faults[self._broken % len(faults)])
        self._broken += 1

    def mend(self) -> None:
        self.proxy.mend()
        self.slack.tokens[self.token].error = ""


@contextmanager
def a_world(folder: Path, how: str) -> Iterator[World]:
    with FakeSlack() as slack, FaultProxy(slack.port) as proxy:
        yield World(slack, proxy, folder, how)
