from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.contract import LiveContract, LiveWorld
from tests.live.dav_worlds import RadicaleBooks
from tests.live.proxy import FaultProxy
from tests.services import Radicale


class TestOnRadicale(LiveContract):
    kinds_of_breakage = 6

    @pytest.fixture
    def world(self, radicale: Radicale, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveWorld]:
        with FaultProxy(radicale.port) as proxy, RadicaleBooks(radicale, proxy, monkeypatch) as world:
            yield world

    @pytest.mark.slow
    def test_fifty_thousand_with_a_crash_in_the_middle(self, world: LiveWorld) -> None:
        self.many_thousand(world, 800)
