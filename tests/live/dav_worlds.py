"""CalDAV and CardDAV accounts that a test can change: on Radicale, and on a fake of other servers' ways."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any, Self

from service.calendar.reader import InlineCalendarReader
from service.integrations.caldav import Settings as CalDav
from service.integrations.carddav import Settings as CardDav
from service.ports import Source, Surroundings
from tests.builders import NOON, a_person
from tests.live.contract import LiveWorld
from tests.live.fakes.dav import DavFake
from tests.live.proxy import FaultProxy
from tests.services.radicale import BOOK, CALENDAR, PASSWORD, USER, Radicale

FIRST = datetime(2025, 1, 1, 9, tzinfo=UTC)


class NoMail:
    def read(self, raws: Any, own: Any) -> Any:
        return iter(())


def surroundings(account: str = "dav") -> Surroundings:
    return Surroundings(a_person(), account, Path("/"), NoMail(), InlineCalendarReader(), lambda: NOON)


def an_event(number: int, title: str = "Meeting", more: str = "", uid: str = "") -> str:
    start = FIRST + timedelta(hours=12 * number)
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
        f"BEGIN:VEVENT\r\nUID:{uid or f'event-{number}'}\r\nDTSTAMP:20250101T000000Z\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{start + timedelta(hours=1):%Y%m%dT%H%M%SZ}\r\nSUMMARY:{title} {number}\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def a_card(number: int, title: str = "Partner", more: str = "") -> str:
    revised = FIRST + timedelta(hours=12 * number)
    return (
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:card-{number}\r\nFN:Person {number}\r\nN:{number};Person;;;\r\nTITLE:{title}\r\n"
        f"EMAIL:person{number}@example.com\r\nREV:{revised:%Y-%m-%dT%H:%M:%SZ}\r\n{more}END:VCARD\r\n"
    )


class DavWorld(LiveWorld):
    secrets = (PASSWORD, "Y29ycmVjdC", "bWFyYTpj")  # as it is, and as it is sent

    def __init__(self, proxy: FaultProxy, monkeypatch: Any) -> None:
        self.proxy = proxy
        self.connected: list[Any] = []
        monkeypatch.setenv("DAV_PASSWORD", PASSWORD)
        self._breakages = cycle(
            [
                {"status": 500},
                {"status": 502, "body": b"<html>Bad gateway</html>", "headers": {"Content-Type": "text/html"}},
                {"status": 207, "body": b"<html>Sign in to the hotel's network</html>"},
                {"status": 207, "body": b'<!DOCTYPE x [<!ENTITY a "a">]><multistatus xmlns="DAV:">&a;</multistatus>'},
                {"cut": 100},
                {"hang": 0.05},
            ]
        )

    def settings(self, **more: Any) -> dict[str, Any]:
        return {"url": f"{self.proxy.url}/", "user": USER, "password": {"env": "DAV_PASSWORD"}} | more

    def connect(self, **more: Any) -> Source:
        self.connected.append(self.a_source(**more))
        return self.connected[-1]

    def a_source(self, **more: Any) -> Source:
        return CalDav(kind="caldav", **self.settings(**more)).connect(surroundings())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for source in self.connected:
            source.close()

    def asked(self) -> AbstractContextManager[list[Any]]:
        return self.proxy.counted()

    def bodies(self, asked: list[Any]) -> int:
        return sum(one.method == "GET" or b"multiget" in one.body for one in asked)

    def be_busy(self, retry_after: int | None) -> None:
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self.proxy.fail(status=429, headers=headers)

    def be_broken(self) -> None:
        self.proxy.fail(**next(self._breakages))

    def mend(self) -> None:
        self.proxy.mend()


class RadicaleWorld(DavWorld):
    kind = CALENDAR

    def __init__(self, radicale: Radicale, proxy: FaultProxy, monkeypatch: Any) -> None:
        super().__init__(proxy, monkeypatch)
        self.radicale = radicale
        self.main, self.other = radicale.make("main", self.kind), radicale.make("other", self.kind)

    def content(self, number: int, title: str) -> str:
        return an_event(number, title)

    def write(self, number: int, title: str = "Meeting") -> None:
        file = self.main / f"item {number}.{'ics' if self.kind == CALENDAR else 'vcf'}"
        file.write_text(self.content(number, title), newline="")
        os.utime(file, (FIRST.timestamp() + number,) * 2)

    def fill(self, count: int, *, start: int = 0) -> None:
        for number in range(start, start + count):
            self.write(number)
        if count > 100:
            self.radicale.look(self.main.name)

    def edit(self) -> None:
        self.write(1, "Changed")

    def delete(self) -> None:
        next(self.main.glob("item 1.*")).unlink()

    def move(self) -> None:
        file = next(self.main.glob("item 1.*"))
        file.rename(self.other / file.name)

    def expire(self) -> None:
        self.radicale.forget_tokens()

    def refuse_the_login(self) -> None:
        self.radicale.allow("something else")

    def mend(self) -> None:
        super().mend()
        self.radicale.allow(PASSWORD)


class RadicaleBooks(RadicaleWorld):
    kind = BOOK

    def content(self, number: int, title: str) -> str:
        return a_card(number, title)

    def a_source(self, **more: Any) -> Source:
        return CardDav(kind="carddav", **self.settings(**more)).connect(surroundings())


class FakeWorld(DavWorld):
    def __init__(self, fake: DavFake, proxy: FaultProxy, monkeypatch: Any) -> None:
        super().__init__(proxy, monkeypatch)
        self.fake = fake
        self.main, self.other = fake.book("main"), fake.book("other")

    def fill(self, count: int, *, start: int = 0) -> None:
        for number in range(start, start + count):
            self.main.put(f"item {number}.ics", an_event(number), FIRST.timestamp() + number)

    def edit(self) -> None:
        self.main.put("item 1.ics", an_event(1, "Changed"), FIRST.timestamp())

    def delete(self) -> None:
        self.main.take("item 1.ics")

    def move(self) -> None:
        self.other.put("item 1.ics", self.main.take("item 1.ics"))

    def expire(self) -> None:
        self.fake.generation += 1

    def refuse_the_login(self) -> None:
        self.fake.password = "something else"

    def mend(self) -> None:
        super().mend()
        self.fake.password = PASSWORD
