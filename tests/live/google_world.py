"""What the worlds of Google's kinds share: the fake behind a proxy, and somebody who is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from service.calendar.reader import InlineCalendarReader
from service.domain.credentials import Credential, Held
from service.integrations.google.connect import Connect
from service.ports import Check, OneCredential, Surroundings
from tests.builders import NOON
from tests.integration.source_contract import CountingReader, surroundings
from tests.live.contract import LiveWorld
from tests.live.fakes.google import CLIENT, Google
from tests.live.fakes.google_rules import Fault
from tests.live.proxy import FaultProxy


class Keeping:
    """`ports.Credentials` in memory, by the vault's rules."""

    def __init__(self, credential: Credential) -> None:
        self.held = Held(credential, 1)

    def get(self, name: str) -> Held | None:
        return self.held if name == "google" else None

    def renew(self, name: str, stale: Held, how: Any) -> Held:
        if stale.version == self.held.version:
            self.held = Held(how(self.held.credential), self.held.version + 1)
        return self.held


def signed_in(google: Google, url: str, *scopes: str) -> Keeping:
    access, refresh = google.oauth.grant(*scopes)
    return Keeping(
        Credential(
            "google",
            "mara@keller.example",
            tuple(f"https://www.googleapis.com/auth/{scope}" for scope in scopes),
            {"access_token": access, "refresh_token": refresh, "client_secret": CLIENT["client_secret"]},
            {"client_id": CLIENT["client_id"], "token_uri": f"{url}/token"},
            NOON + timedelta(hours=1),
        )
    )


def a_letter(number: int, words: str = "") -> bytes:
    return (
        f"From: Dana <dana@atlas.example>\r\nTo: mara@keller.example\r\nSubject: Letter {number}\r\n"
        f"Message-ID: <m{number}@atlas.example>\r\nDate: Fri, 1 May 2026 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02} +0000\r\n\r\n"
        f"This is letter {number}. {words}\r\n"
    ).encode()


def checked(credential: Credential) -> Check:
    """As `reveille connect` tries what it is about to keep."""
    at = replace(surroundings(Path()), credentials=OneCredential("google", credential), account="google")
    return Connect().check(at)


class GoogleWorld(LiveWorld):
    scopes: tuple[str, ...] = ()

    def __init__(self, google: Google, proxy: FaultProxy, folder: Path) -> None:
        self.google, self.proxy, self.folder = google, proxy, folder
        self.keeping = signed_in(google, proxy.url, *self.scopes)
        self.secrets = tuple(self.keeping.held.credential.secrets.values())
        self.reader = CountingReader()
        self.inner: list[str] = []
        self._broken = 0

    @property
    def surroundings(self) -> Surroundings:
        return replace(surroundings(self.folder, self.reader), credentials=self.keeping, read_calendar=InlineCalendarReader())

    @contextmanager
    def asked(self) -> Iterator[list[Any]]:
        before = len(self.google.inner)
        with self.proxy.counted() as found:
            yield found
        self.inner = self.google.inner[before:]

    def refuse_the_login(self) -> None:
        self._lost = dict(self.google.oauth.people), dict(self.google.oauth.refreshing)
        self.google.oauth.people.clear()
        self.google.oauth.refreshing.clear()

    def be_busy(self, retry_after: int | None) -> None:
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self.proxy.fail(status=429, headers=headers, body=Fault(429, "rateLimitExceeded", "Rate Limit Exceeded").json)

    def be_broken(self) -> None:
        faults = ({"status": 500, "body": Fault(500, "backendError", "Backend Error").json}, {"cut": 10}, {"hang": 0.1})
        self.proxy.fail(**faults[self._broken % 3])
        self._broken += 1

    def mend(self) -> None:
        self.proxy.mend()
        if hasattr(self, "_lost"):
            self.google.oauth.people, self.google.oauth.refreshing = self._lost
