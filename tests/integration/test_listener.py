"""What rings is read at once, by one of many listeners, and nothing is left running when they end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from service.bootstrap import utc_now
from service.domain.sync import Hearing, Page, Upsert
from service.errors import Unavailable
from service.integrations.listening import Listening
from service.listener import Listener
from service.ports import Check, Doorbell
from service.store import Store
from tests.builders import a_message
from tests.e2e.driver import until
from tests.integration.test_sync import Bench

LEASE = timedelta(seconds=5)


@dataclass
class Ringing:
    """A source with a bell that a test rings; each sync hands out what lies there."""

    letters: list[Any] = field(default_factory=list)
    syncs: int = 0
    bells: list[Listening] = field(default_factory=list)
    broken: threading.Event = field(default_factory=threading.Event)
    ring: Callable[[], None] = lambda: None

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        self.syncs += 1
        letters, self.letters = self.letters, []
        yield Page(tuple(Upsert(m, m.id, "s") for m in letters), "1")

    def check(self) -> Check:
        return Check(True, "here")

    def doorbell(self, ring: Callable[[], None]) -> Doorbell:
        def listen(heard: Callable[[], None], closed: threading.Event) -> bool:
            self.ring = ring
            heard()
            while not closed.wait(0.01):
                if self.broken.is_set():
                    raise Unavailable("the line broke: it is tried again")
            return True

        self.bells.append(Listening(listen, ring, first_pause=timedelta(milliseconds=10)))
        return self.bells[-1]


class Home:
    def __init__(self, store: Store, source: Ringing) -> None:
        self.bench = Bench(store, mail=source)
        self.bench.clock = self.bench.sync.clock = utc_now
        self.sync, self.config = self.bench.sync, SimpleNamespace(revision="1")
        store.accounts.forget("mara", "mail")
        store.accounts.register("mara", {"mail": "imap"})

    @property
    def bell(self) -> tuple[Hearing, str] | None:
        found = self.bench.account("mail").bell
        return (found.hearing, found.said) if found else None


@contextmanager
def listening(store: Store, home: Any, name: str = "a") -> Iterator[Listener]:
    houses = {"mara": home}
    listener = Listener(store.doorbells, houses.get, name, utc_now, LEASE)
    listener.start()
    try:
        yield listener
    finally:
        listener.stop()
        assert not any(thread.is_alive() for thread in listener._threads)


@pytest.fixture
def source() -> Ringing:
    return Ringing()


@pytest.fixture
def home(store: Store, source: Ringing) -> Home:
    return Home(store, source)


def test_what_rings_is_read_and_judged_at_once(store: Store, home: Home, source: Ringing) -> None:
    with listening(store, home):
        until(lambda: source.syncs == 1, 20)
        until(lambda: home.bell == (Hearing.LISTENING, ""), 20)
        source.letters.append(a_message(id="m1"))
        for _ in range(50):
            source.ring()
        until(lambda: source.syncs == 2, 20)
        until(lambda: home.bench.account("mail").items == 1, 20)
        judged = home.bench.items.received(a_message().at - timedelta(days=1), utc_now())
        assert [one.message.id for one in judged] == ["m1"]
    assert source.syncs == 2
    assert source.bells[0].ended(10)
    assert home.bell is None, "whoever ends lets go"


def test_a_doorbell_that_breaks_is_said_and_comes_back(store: Store, home: Home, source: Ringing) -> None:
    with listening(store, home):
        until(lambda: home.bell == (Hearing.LISTENING, ""), 20)
        source.broken.set()
        until(lambda: home.bell == (Hearing.SILENT, "the line broke: it is tried again"), 20)
        source.broken.clear()
        until(lambda: home.bell == (Hearing.LISTENING, ""), 20)
        until(lambda: source.syncs >= 2, 20)


def test_two_listeners_do_not_double_it(store: Store, home: Home, source: Ringing) -> None:
    with listening(store, home, "a"), listening(store, home, "b"):
        until(lambda: home.bell == (Hearing.LISTENING, ""), 20)
        threading.Event().wait(4)  # looks for accounts come round
        assert len(source.bells) == 1


def test_a_config_that_changed_is_listened_under_anew(
    store: Store, home: Home, source: Ringing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.listener.FOLLOW", 0.1)
    with listening(store, home) as listener:
        until(lambda: home.bell == (Hearing.LISTENING, ""), 20)
        newer = SimpleNamespace(sync=home.sync, config=SimpleNamespace(revision="2"))
        listener._houses = {"mara": newer}.get  # type: ignore[assignment]
        until(lambda: len(source.bells) == 2, 20)
        assert source.bells[0].ended(10)


def test_a_source_that_breaks_when_it_is_made_leaves_the_others_alone(store: Store, home: Home, source: Ringing) -> None:
    def broken() -> Any:
        raise RuntimeError("a bug")

    home.sync.connect = {**home.sync.connect, "other": broken}
    store.accounts.register("mara", {"mail": "imap", "other": "imap"})
    with listening(store, home):
        until(lambda: source.syncs == 1, 20)
        until(lambda: home.bench.account("other").bell is not None, 20)
        until(lambda: home.bench.account("other").bell.hearing is Hearing.ABSENT, 20)
        assert "RuntimeError" in home.bench.account("other").bell.said


def test_a_look_for_what_is_new_trusts_a_bell_that_rings(store: Store, home: Home, source: Ringing, tmp_path: Path) -> None:
    sync, quarter = home.sync, timedelta(minutes=15)
    with listening(store, home):
        until(lambda: home.bell == (Hearing.LISTENING, "") and source.syncs == 1, 20)
        until(lambda: home.bench.account("mail").read_at is not None, 20)
        sync.ensure_fresh(LEASE, max_age=timedelta(), heard=quarter)
        assert source.syncs == 1
        sync.ensure_fresh(LEASE, max_age=timedelta())
        assert source.syncs == 2
    sync.ensure_fresh(LEASE, max_age=timedelta(), heard=quarter)
    assert source.syncs == 3, "nobody listens any more"
