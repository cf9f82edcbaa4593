"""Gmail's watch over a pulled subscription: rings, is renewed, and falls silent in words, whatever Google refuses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from service.domain.sync import Hearing
from service.integrations.gmail import Settings
from service.integrations.gmail.source import Gmail
from service.integrations.google.scopes import PUBSUB, rights
from service.integrations.listening import Listening
from tests.builders import NOON
from tests.integration.source_contract import surroundings
from tests.live.fakes.google import Google
from tests.live.fakes.google_pubsub import SUBSCRIPTION, TOPIC, PubSub
from tests.live.fakes.google_rules import Fault
from tests.live.google_world import signed_in
from tests.live.proxy import FaultProxy

PATIENCE = 20.0
WATCH = {"topic": TOPIC, "subscription": SUBSCRIPTION}
SCOPES = ("gmail.readonly", "pubsub")


class World:
    def __init__(self, google: Google, proxy: FaultProxy, folder: Path, scopes: tuple[str, ...] = SCOPES) -> None:
        self.google, self.proxy, self.folder = google, proxy, folder
        self.pubsub: PubSub = google.pubsub
        self.keeping = signed_in(google, proxy.url, *scopes)
        self.rings = 0

    def now(self) -> datetime:
        return self.pubsub.now

    def source(self, **watch: str) -> Gmail:
        at = replace(surroundings(self.folder), credentials=self.keeping, clock=self.now)
        found = Settings(kind="gmail", endpoint=self.proxy.url, watch=WATCH | watch).connect(at)
        assert isinstance(found, Gmail)
        return found

    def ring(self) -> None:
        self.rings += 1

    @contextmanager
    def listening(self, **watch: str) -> Iterator[Listening]:
        bell = self.source(**watch).doorbell(self.ring)
        assert isinstance(bell, Listening)
        bell._first_pause = timedelta(milliseconds=20)
        bell.start()
        try:
            yield bell
        finally:
            bell.close()
            assert bell.ended(PATIENCE)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Google() as google, FaultProxy(google.port) as proxy:
        yield World(google, proxy, tmp_path)


def until(holds: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_it_watches_and_rings_for_each_change(world: World) -> None:
    with world.listening() as bell:
        until(lambda: bell.hearing is Hearing.LISTENING)
        assert (world.rings, world.pubsub.watches) == (1, 1)
        world.pubsub.changed()
        until(lambda: world.rings == 2)
        until(lambda: len(world.pubsub.acknowledged) == 1)


def test_what_comes_twice_and_out_of_order_is_harmless(world: World) -> None:
    with world.listening() as bell:
        until(lambda: bell.hearing is Hearing.LISTENING)
        world.pubsub.changed(4)
        world.pubsub.redeliver()
        until(lambda: len(world.pubsub.acknowledged) == 3)
        world.pubsub.publish(b"\xff no JSON")
        until(lambda: len(world.pubsub.acknowledged) == 4)
        assert bell.hearing is Hearing.LISTENING
    assert 3 <= world.rings <= 5


def test_another_mailbox_on_the_same_topic_rings_not_here(world: World) -> None:
    with world.listening() as bell:
        until(lambda: bell.hearing is Hearing.LISTENING)
        world.pubsub.changed(email="zoe@keller.example")
        until(lambda: world.pubsub.acknowledged)
    assert world.rings == 1


def test_a_watch_is_renewed_each_day_long_before_it_ends(world: World) -> None:
    with world.listening() as bell:
        until(lambda: bell.hearing is Hearing.LISTENING)
        for day in range(1, 10):
            world.pubsub.now = NOON + timedelta(days=day, minutes=1)
            until(lambda: world.pubsub.watches > day)  # noqa: B023
        rung = world.rings
        world.pubsub.changed()
        until(lambda: world.rings > rung)


def test_what_broke_is_watched_anew_and_rings_for_what_was_missed(world: World) -> None:
    with world.listening() as bell:
        until(lambda: bell.hearing is Hearing.LISTENING)
        world.proxy.fail(status=503, where="pull", times=2)
        until(lambda: world.pubsub.watches >= 2)
        until(lambda: world.rings >= 2 and bell.hearing is Hearing.LISTENING)


REFUSALS: tuple[tuple[Callable[[World], object], str], ...] = (
    (lambda world: setattr(world.pubsub, "may_publish", False), "the role Pub/Sub Publisher"),
    (lambda world: setattr(world.pubsub, "subscribers", False), "the role Pub/Sub Subscriber"),
    (lambda world: world.pubsub.subscriptions.update({SUBSCRIPTION: "projects/another-one/topics/t"}), "make that topic"),
    (
        lambda world: world.pubsub.subscriptions.update({SUBSCRIPTION + "2": world.pubsub.subscriptions.pop(SUBSCRIPTION)}),
        "make it",
    ),
    (lambda world: world.google.oauth.people.clear() or world.google.oauth.refreshing.clear(), "reveille connect google"),
    (lambda world: world.proxy.fail(status=429, body=Fault(429, "rateLimitExceeded", "").json, times=99), "tried again"),
    (lambda world: world.proxy.fail(status=500, times=99), "tried again"),
)


@pytest.mark.parametrize(("happens", "said"), REFUSALS)
def test_every_refusal_silences_it_in_words(world: World, happens: Callable[[World], object], said: str) -> None:
    happens(world)
    with world.listening() as bell:
        until(lambda: bell.said)
        assert said in bell.said
        assert bell.hearing is Hearing.SILENT
        assert not any(secret in bell.said for secret in world.keeping.held.credential.secrets.values())
    assert world.rings == 0


def test_the_doctor_says_what_mends_it_and_that_mail_is_read_all_the_same(world: World) -> None:
    assert world.source().check().fix == ""
    world.pubsub.may_publish = False
    check = world.source().check()
    assert check.ok
    assert "read on its cadence" in check.says
    assert "Pub/Sub Publisher" in check.fix


def test_without_the_scope_it_is_said_to_connect_again(tmp_path: Path) -> None:
    with Google() as google, FaultProxy(google.port) as proxy:
        world = World(google, proxy, tmp_path, ("gmail.readonly",))
        with world.listening() as bell:
            until(lambda: "reveille connect google" in bell.said)


def test_closing_does_not_wait_for_a_pull(world: World) -> None:
    world.pubsub.patience = PATIENCE
    with world.listening() as bell:
        until(lambda: bell.hearing is Hearing.LISTENING)
        began = time.monotonic()
        bell.close()
        assert bell.ended(PATIENCE / 2)
        assert time.monotonic() - began < PATIENCE / 2
    world.pubsub.publish(b"")  # lets the fake go


def test_the_right_is_asked_for_where_the_config_wants_it() -> None:
    plain = Settings(kind="gmail")
    assert plain.wants == {"gmail"}
    assert PUBSUB not in {right.scope for right in rights(plain.wants, ())}
    wanted = rights(Settings(kind="gmail", watch=WATCH).wants, ())
    assert [right.scope.rpartition("/")[2] for right in wanted] == ["gmail.readonly", "pubsub"]


@pytest.mark.parametrize("watch", [{"topic": "gmail"}, {"subscription": f"{SUBSCRIPTION}:pull"}, {"subscription": TOPIC}])
def test_names_are_whole(watch: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="watch"):
        Settings(kind="gmail", watch=WATCH | watch)
