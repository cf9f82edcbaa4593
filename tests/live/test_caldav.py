from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.contract import LiveContract, LiveWorld
from tests.live.dav_worlds import FakeWorld, RadicaleWorld
from tests.live.fakes.dav import DavFake
from tests.live.proxy import FaultProxy
from tests.services import Radicale


class DavContract(LiveContract):
    kinds_of_breakage = 6


class TestOnRadicale(DavContract):
    @pytest.fixture
    def world(self, radicale: Radicale, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveWorld]:
        with FaultProxy(radicale.port) as proxy, RadicaleWorld(radicale, proxy, monkeypatch) as world:
            yield world

    @pytest.mark.slow
    def test_fifty_thousand_with_a_crash_in_the_middle(self, world: LiveWorld) -> None:
        """So many of them take Radicale itself too long; the fake has them all."""
        self.many_thousand(world, 800)


class TestWithoutSyncTokens(DavContract):
    @pytest.fixture
    def world(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveWorld]:
        with DavFake(tokens=False) as fake, FaultProxy(fake.port) as proxy, FakeWorld(fake, proxy, monkeypatch) as world:
            yield world

    @pytest.mark.slow
    def test_fifty_thousand_with_a_crash_in_the_middle(self, world: LiveWorld) -> None:
        """Two fifths of them, so that a slow machine is done within a minute: reading a calendar's text takes the time."""
        self.many_thousand(world, 20_000)


class TestTruncatingInOddWords(DavContract):
    @pytest.fixture
    def world(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveWorld]:
        with (
            DavFake(tokens=True, most=100, odd=True) as fake,
            FaultProxy(fake.port) as proxy,
            FakeWorld(fake, proxy, monkeypatch) as world,
        ):
            yield world

    @pytest.mark.slow
    def test_fifty_thousand_with_a_crash_in_the_middle(self, world: LiveWorld) -> None:
        """A hundred in each answer of the server: what there are more of makes no other difference."""
        self.many_thousand(world, 2_000)
