"""Socket Mode as a doorbell, over a connection to the fake's other end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from service.errors import AccessLost, Unavailable
from service.integrations.slack.doorbell import Doorbell, Rung, where
from tests.builders import NOON
from tests.live.fakes.slack import FakeSlack
from tests.live.slack_world import a_workspace, ts

APP = "xapp-1-s3cret"


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        a_workspace(slack)
        slack.app_tokens.add(APP)
        yield slack


class Heard:
    def __init__(self) -> None:
        self.rings: list[tuple[str, str]] = []
        self.lost = threading.Event()

    def ring(self, channel: str, root: str) -> None:
        self.rings.append((channel, root))


def a_doorbell(slack: FakeSlack, heard: Heard, token: str = APP) -> Doorbell:
    return Doorbell(lambda: token, heard.ring, lambda: NOON, heard.lost.set, f"http://127.0.0.1:{slack.port}/api/", pings=0.5)


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.02)


def test_what_is_said_rings_and_is_acknowledged(slack: FakeSlack) -> None:
    heard = Heard()
    with a_doorbell(slack, heard) as doorbell:
        until(lambda: slack.socket.opened)
        assert doorbell.listening
        slack.say("C01", ts(1), "U2", "Hello")
        slack.say("C01", ts(2), "U1", "Hello yourself", thread=ts(1))
        until(lambda: len(slack.socket.acknowledged) == 2)
    assert heard.rings == [("C01", ""), ("C01", ts(1))]
    assert not heard.lost.is_set()


def test_it_moves_to_a_new_connection_when_slack_asks(slack: FakeSlack) -> None:
    heard = Heard()
    with a_doorbell(slack, heard):
        until(lambda: slack.socket.opened)
        slack.socket.renew()
        until(lambda: slack.socket.opened == 2)
        slack.say("C01", ts(1), "U2", "Hello")
        until(lambda: heard.rings)
    assert heard.rings == [("C01", "")]


def test_it_comes_back_after_a_break_and_says_that_there_was_one(slack: FakeSlack) -> None:
    heard = Heard()
    with a_doorbell(slack, heard):
        until(lambda: slack.socket.opened)
        slack.socket.cut()
        until(heard.lost.is_set)
        assert slack.socket.opened == 2
        slack.say("C01", ts(1), "U2", "Hello")
        until(lambda: ("C01", "") in heard.rings)


def test_a_refused_app_token_is_told_as_such(slack: FakeSlack) -> None:
    with pytest.raises(AccessLost, match="invalid_auth"):
        a_doorbell(slack, Heard(), "xapp-wrong").start()


def test_nobody_there_is_told_as_such(slack: FakeSlack) -> None:
    gone = Doorbell(lambda: APP, Heard().ring, lambda: NOON, base_url="http://127.0.0.1:9/api/")
    with pytest.raises(Unavailable):
        gone.start()


@pytest.mark.parametrize(
    ("event", "place"),
    [
        ({"type": "message", "channel": "C1", "ts": "1.0"}, ("C1", "")),
        ({"type": "message", "channel": "C1", "ts": "2.0", "thread_ts": "1.0"}, ("C1", "1.0")),
        (
            {"subtype": "message_changed", "channel": "C1", "ts": "3.0", "message": {"ts": "2.0", "thread_ts": "1.0"}},
            ("C1", "1.0"),
        ),
        ({"subtype": "message_deleted", "channel": "C1", "ts": "3.0", "previous_message": {"ts": "2.0"}}, ("C1", "2.0")),
        ({"type": "reaction_added", "item": {"type": "message", "channel": "C1", "ts": "1.0"}}, ("C1", "")),
        ({"type": "channel_rename", "channel": {"id": "C1", "name": "new"}}, ("C1", "")),
        ({"type": "team_join", "user": {}}, None),
        ("nonsense", None),
    ],
)
def test_every_event_tells_where(event: object, place: object) -> None:
    assert where(event) == place


def test_until_it_listens_nobody_knows_what_was_missed() -> None:
    rung = Rung()
    assert rung.take(1) is None
    assert rung.take(1) is None, "the sync that was told so did not end"
    assert rung.take(2) == {}
    rung.missed()
    assert rung.take(3) is None
    assert rung.take(4) == {}
    rung.listening = lambda: False
    assert rung.take(5) is None


def test_rings_of_a_sync_that_did_not_end_come_again() -> None:
    rung = Rung()
    rung.take(1)
    rung.ring("C1", "1.0")
    assert rung.take(2) == {"C1": {"1.0"}}
    rung.ring("C2", "")
    assert rung.take(2) == {"C1": {"1.0"}, "C2": set()}
    assert rung.take(3) == {}
