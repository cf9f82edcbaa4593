"""Gmail and Google's sign-in against `emulate`, which somebody else wrote.

What it lacks: getProfile and /batch (the newest message tells, and messages are asked for one by one), 404 for an old history id,
partial answers (it answers whole), scopes, Retry-After. Its page tokens are offsets. For those there is the strict fake.
"""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from service.domain.credentials import Credential
from service.integrations.gmail import Settings, actions
from service.integrations.gmail.box import Box
from service.integrations.google.connect import Connect
from service.integrations.google_calendar import Settings as CalendarSettings
from service.ports import Source, Surroundings
from tests.builders import NOON
from tests.integration.source_contract import Kept, surroundings
from tests.live.contract import FEW, LiveContract, LiveWorld
from tests.live.google_world import GoogleWorld, Keeping, a_letter, checked
from tests.live.proxy import FaultProxy
from tests.services import Absent, Emulate

LANDING = "http://localhost:15099/oauth2callback"
"""It knows no free choice of the port, which Google allows to installed apps."""
WORLDS = 60
"""Each has a mailbox and a token of its own, for emulate answers a token 5,000 times an hour."""
SEED = {
    "tokens": {f"ya29.s3cret-{n}": {"login": f"mara{n}@keller.example", "scopes": ["gmail"]} for n in range(WORLDS)},
    "google": {
        "users": [{"email": f"mara{n}@keller.example", "name": "Mara Keller"} for n in range(WORLDS)],
        "oauth_clients": [
            {"client_id": "c1.apps", "client_secret": "GOCSPX-s3cret", "name": "Reveille", "redirect_uris": [LANDING]}
        ],
        "calendars": [{"id": "primary", "user_email": "mara1@keller.example", "primary": True, "selected": True}],
    },
}
_numbers = count(1)


@pytest.fixture(scope="module")
def emulate() -> Iterator[Emulate]:
    try:
        emulate = Emulate(["google"], SEED)
    except Absent as absent:
        pytest.skip(str(absent))
    with emulate:
        yield emulate


class World(LiveWorld):
    most_requests = 3

    def __init__(self, emulate: Emulate, proxy: FaultProxy, folder: Path) -> None:
        self.proxy, self._broken = proxy, 0
        self._number = next(_numbers) % WORLDS
        token = f"ya29.s3cret-{self._number}"
        self.secrets = (token, "1//s3cret")
        self._url, self._token = f"{emulate.url}/gmail/v1/users/me", token
        about = {"client_id": "c1.apps", "token_uri": f"{proxy.url}/oauth2/token"}
        held = {"access_token": token, "refresh_token": "1//s3cret", "client_secret": "GOCSPX-s3cret"}
        login = f"mara{self._number}@keller.example"
        self.at: Surroundings = replace(
            surroundings(folder),
            credentials=Keeping(Credential("google", login, (), held, about, NOON + timedelta(hours=1))),
        )
        self.ids: list[str] = []

    def connect(self) -> Source:
        return Settings(kind="gmail", endpoint=self.proxy.url).connect(self.at)

    def fill(self, count: int, *, start: int = 0) -> None:
        for number in range(start, start + count):
            raw = urlsafe_b64encode(a_letter(number)).decode()
            self.ids.append(self._ask("POST", "/messages", {"raw": raw, "labelIds": ["INBOX", "UNREAD"]})["id"])

    def edit(self) -> None:
        self._ask("POST", f"/messages/{self.ids[1]}/modify", {"removeLabelIds": ["UNREAD"]})

    def delete(self) -> None:
        self._ask("DELETE", f"/messages/{self.ids[1]}")

    def move(self) -> None:
        self._ask("POST", f"/messages/{self.ids[1]}/modify", {"removeLabelIds": ["INBOX"], "addLabelIds": ["STARRED"]})

    def expire(self) -> None:
        """It remembers all of its history: the proxy says that it does not."""
        self.proxy.fail(status=404, body=b"{}", where="GET /gmail/v1/users/me/history")

    def asked(self) -> AbstractContextManager[list[Any]]:
        return self.proxy.counted()

    def bodies(self, asked: list[Any]) -> int:
        return sum("format=raw" in request.path for request in asked)

    def refuse_the_login(self) -> None:
        self.proxy.fail(status=401, body=b"{}", where="/gmail/", times=100)

    def be_busy(self, retry_after: int | None) -> None:
        self.proxy.fail(status=429, headers={} if retry_after is None else {"Retry-After": str(retry_after)})

    be_broken = GoogleWorld.be_broken

    def mend(self) -> None:
        self.proxy.mend()

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self._url + path, data, headers, method=method), timeout=20) as answer:
            return json.loads(answer.read() or b"{}")


@pytest.fixture
def world(emulate: Emulate, tmp_path: Path) -> Iterator[World]:
    with FaultProxy(emulate.port) as proxy:
        yield World(emulate, proxy, tmp_path)


class TestEmulatedGmail(LiveContract):
    @pytest.fixture
    def world(self, world: World) -> LiveWorld:
        return world

    def many_thousand(self, world: LiveWorld, count: int) -> None:
        """As many as can be put into it one by one in this time."""
        super().many_thousand(world, count // 50)


def test_a_draft_and_a_label(world: World) -> None:
    world.fill(1)
    box = Box(Settings(kind="gmail", endpoint=world.proxy.url), world.at)
    placed = actions.place_draft(box, a_letter(7))
    assert len(Kept().sync(world.connect()).items) == 2
    assert actions.undo_draft(box, placed) is True
    marked = actions.mark(box, world.ids[0], "Starred")
    assert marked.changed
    actions.undo_mark(box, marked)
    kept = Kept().sync(world.connect())
    assert [getattr(item, "flags", None) for item in kept.items.values()] == [frozenset()]


class Chooser:
    """Clicks on the first account that the page offers."""

    def say(self, text: str) -> None:
        pass

    def ask(self, question: str, default: str = "") -> str:
        raise AssertionError(question)

    secret = ask

    def browse(self, url: str) -> bool:
        with urllib.request.urlopen(url, timeout=20) as page:
            assert b"Reveille" in page.read()
        parts = urllib.parse.urlsplit(url)
        said = {"email": "mara1@keller.example", **dict(urllib.parse.parse_qsl(parts.query))}
        posted = f"{parts.scheme}://{parts.netloc}{parts.path}/callback"
        with urllib.request.urlopen(posted, urllib.parse.urlencode(said).encode(), timeout=20) as page:
            assert b"close this window" in page.read()
        return True


def test_a_person_signs_in_and_the_token_is_renewed(emulate: Emulate, tmp_path: Path) -> None:
    client = {"client_id": "c1.apps", "client_secret": "GOCSPX-s3cret"}
    about = {"auth_uri": f"{emulate.url}/o/oauth2/v2/auth", "token_uri": f"{emulate.url}/oauth2/token"}
    (tmp_path / "client.json").write_text(json.dumps({"installed": client | about | {"redirect_uris": [LANDING]}}))
    way = Connect()
    rights = way.rights(frozenset({"gmail", "google_calendar"}), frozenset())
    given = {"client": str(tmp_path / "client.json"), "endpoint": emulate.url}
    credential = way.sign_in(Chooser(), given, rights, lambda: NOON)
    assert checked(credential).ok
    keeping = Keeping(replace(credential, expires_at=NOON))
    at = replace(surroundings(tmp_path), credentials=keeping)
    Kept().sync(Settings(kind="gmail", endpoint=emulate.url).connect(at))
    assert keeping.held.version == 2
    assert keeping.held.credential.secrets["access_token"] != credential.secrets["access_token"]
    check = CalendarSettings(kind="google_calendar", endpoint=emulate.url).connect(at).check()
    assert check.ok, check


def test_an_empty_mailbox_is_one(world: World) -> None:
    kept = Kept().sync(world.connect())
    assert kept.items == {}
    world.fill(FEW)
    assert len(kept.sync(world.connect()).items) == FEW
