"""HubSpot keeps to the contract of live connections, against a fake made from its reference."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.contract import LiveContract
from tests.live.hubspot_world import HubSpotWorld, a_world


class TestHubSpot(LiveContract):
    kinds_of_breakage = 4

    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[HubSpotWorld]:
        with a_world(tmp_path) as world:
            yield world
