"""IDLE on Dovecot: rings when INBOX changes, and comes back after whatever broke."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from service.domain.sync import Hearing
from service.integrations.imap.doorbell import doorbell
from service.integrations.imap.source import Imap
from service.integrations.listening import Listening
from tests.live.line_proxy import LineProxy
from tests.live.mailbox import Mailbox
from tests.services.dovecot import Dovecot

PATIENCE = 30.0


@pytest.fixture
def box(dovecot_server: Dovecot, tmp_path: Path) -> Iterator[Mailbox]:
    with LineProxy(dovecot_server.port) as proxy:
        yield Mailbox(dovecot_server, proxy, tmp_path)


class Rings:
    def __init__(self) -> None:
        self.count = 0
        self._more = threading.Condition()

    def __call__(self) -> None:
        with self._more:
            self.count += 1
            self._more.notify_all()

    def reach(self, count: int) -> bool:
        with self._more:
            return self._more.wait_for(lambda: self.count >= count, PATIENCE)


@contextmanager
def listening(box: Mailbox, rings: Rings, renew: float = 60.0) -> Iterator[Listening]:
    source = box.connect()
    assert isinstance(source, Imap)
    bell = doorbell(source.line, rings, renew=timedelta(seconds=renew), first_pause=timedelta(milliseconds=10))
    bell.start()
    try:
        yield bell
    finally:
        bell.close()
        assert bell.ended(PATIENCE)


def eventually(is_so: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < until:
        time.sleep(0.02)
    return is_so()


def idling(box: Mailbox, times: int = 1) -> bool:
    return eventually(lambda: box.proxy.lines.count("IDLE") >= times)


def test_rings_when_mail_comes_or_changes(box: Mailbox) -> None:
    rings = Rings()
    with listening(box, rings) as bell:
        assert idling(box)
        assert rings.count == 1, "what came before anybody listened"
        assert bell.hearing is Hearing.LISTENING
        with box.by_hand() as client:
            client.append("INBOX", None, None, b"Subject: 1\r\n\r\nHello\r\n")
        assert rings.reach(2)
        assert idling(box, 2)
        seen = rings.count
        with box.by_hand("INBOX") as client:
            client.uid("STORE", "1", "+FLAGS", r"(\Flagged)")
        assert rings.reach(seen + 1)


def test_idle_is_asked_for_again_before_the_server_hangs_up(box: Mailbox) -> None:
    rings = Rings()
    with listening(box, rings, renew=0.1):
        assert idling(box, 3)
    assert rings.count == 1
    assert "DONE" in box.proxy.lines


def test_what_broke_is_connected_anew_and_rings_for_what_was_missed(box: Mailbox) -> None:
    rings = Rings()
    with listening(box, rings):
        assert idling(box)
        box.proxy.fail(where="^LOGIN", say="{tag} NO [UNAVAILABLE] later\r\n")
        box.proxy.drop_all()
        assert rings.reach(2)
        assert idling(box, 2)


def test_still_here_is_no_ring(box: Mailbox) -> None:
    box.proxy.fail(where="^IDLE", before="* OK Still here\r\n", times=1000)
    rings = Rings()
    with listening(box, rings, renew=0.2):
        assert idling(box, 3)
    assert rings.count == 1


def test_news_before_the_server_begins_to_idle_is_heard(box: Mailbox) -> None:
    box.proxy.fail(where="^IDLE", before="* 5 EXISTS\r\n")
    rings = Rings()
    with listening(box, rings):
        assert rings.reach(2)


def test_a_refused_login_is_said(box: Mailbox) -> None:
    box.refuse_the_login()
    with listening(box, Rings()) as bell:
        assert eventually(lambda: "refuses" in bell.said)
        assert bell.hearing is Hearing.SILENT


def test_a_server_without_idle_is_left_alone(dovecot_server: Dovecot, tmp_path: Path) -> None:
    with LineProxy(dovecot_server.port, hide=frozenset({"IDLE"})) as proxy:
        box = Mailbox(dovecot_server, proxy, tmp_path)
        with listening(box, Rings()) as bell:
            assert bell.ended(PATIENCE)
            assert bell.hearing is Hearing.ABSENT
        assert "IDLE" not in proxy.lines


def test_closing_does_not_wait(box: Mailbox) -> None:
    with listening(box, Rings()):
        assert idling(box)
    # `listening` asks whether it has ended


def test_closing_does_not_wait_for_a_login(box: Mailbox) -> None:
    box.proxy.fail(where="^LOGIN", hang=PATIENCE)
    with listening(box, Rings()) as bell:
        assert eventually(lambda: any(line.startswith("LOGIN") for line in box.proxy.lines))
        bell.close()
        assert bell.ended(PATIENCE / 3)
