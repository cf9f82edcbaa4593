"""IMAP, on Dovecot behind a proxy: with all that it can, and with less."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from service.errors import Unavailable
from tests.integration.source_contract import Kept
from tests.live.contract import LiveContract, LiveWorld
from tests.live.line_proxy import LineProxy
from tests.live.mailbox import BREAKAGES, Mailbox
from tests.services.dovecot import Dovecot

EXTENSIONS = frozenset({"QRESYNC", "CONDSTORE", "LIST-STATUS", "LIST-EXTENDED", "SPECIAL-USE", "ESEARCH", "ENABLE", "UIDPLUS"})


@pytest.fixture
def box(dovecot_server: Dovecot, tmp_path: Path) -> Iterator[Mailbox]:
    with LineProxy(dovecot_server.port) as proxy:
        yield Mailbox(dovecot_server, proxy, tmp_path)


class TestImap(LiveContract):
    kinds_of_breakage = len(BREAKAGES)
    hidden: frozenset[str] = frozenset()

    @pytest.fixture
    def world(self, dovecot_server: Dovecot, tmp_path: Path) -> Iterator[LiveWorld]:
        with LineProxy(dovecot_server.port, hide=self.hidden) as proxy:
            yield Mailbox(dovecot_server, proxy, tmp_path)

    @pytest.mark.parametrize("retry_after", [None])
    def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(
        self, world: LiveWorld, kept: Kept, retry_after: int | None
    ) -> None:
        """IMAP has no way to say for how long: the engine's own pace holds."""
        world.be_busy(retry_after)
        error = self._fails(world, kept, Unavailable)
        assert getattr(error, "retry_after", None) is None
        self._goes_on_after(world, kept)


class TestWithoutQresync(TestImap):
    """As Gmail: it says what changed, not what is gone."""

    hidden = frozenset({"QRESYNC"})

    def many_thousand(self, world: LiveWorld, count: int) -> None:
        super().many_thousand(world, count // 10)


class TestWithoutExtensions(TestImap):
    hidden = EXTENSIONS

    def many_thousand(self, world: LiveWorld, count: int) -> None:
        super().many_thousand(world, count // 10)

    @pytest.fixture
    def world(self, dovecot_server: Dovecot, tmp_path: Path) -> Iterator[LiveWorld]:
        with LineProxy(dovecot_server.port, hide=self.hidden) as proxy:
            yield Plain(dovecot_server, proxy, tmp_path)


class Plain(Mailbox):
    most_requests = (
        8  # LIST and LOGOUT, and in one exchange a STATUS for each folder: without special use, all that can be opened
    )

    def edit(self) -> None:
        """A star shows in no number that STATUS gives: flags are compared once an hour."""
        super().edit()
        self.later += timedelta(hours=2)
