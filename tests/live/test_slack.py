"""Slack against the strict fake, in the three ways of learning what changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.contract import LiveContract
from tests.live.slack_world import World, a_world


class TestSlack(LiveContract):
    kinds_of_breakage = 4

    @pytest.fixture(params=["turns", "search", "doorbell"])
    def world(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
        with a_world(tmp_path, request.param) as world:
            yield world
