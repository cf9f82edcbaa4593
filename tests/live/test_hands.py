"""Through the gate to each vendor and back: approved, done once, with a receipt that takes it back; killed in the middle, never twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service.acting import Acting
from service.actions import TOOLS, Gate
from service.domain.proposals import OVER, Act, ActState, Receipt
from service.domain.sync import Page, Upsert
from service.errors import NotAllowed
from service.ports import Order
from service.store import EVERYBODY, Store, acting_as, open_store
from tests.builders import NOON, a_message, a_person, a_verdict
from tests.household import Killed, SetClock
from tests.live import hands
from tests.live.hands import Place

LEASE = timedelta(seconds=90)
CASES = (
    ("gmail", "mail.draft"),
    ("gmail", "mail.label"),
    ("google_calendar", "calendar.event"),
    ("outlook", "mail.draft"),
    ("outlook", "mail.label"),
    ("outlook_calendar", "calendar.event"),
    ("imap", "mail.draft"),
    ("imap", "mail.flag"),
    ("slack", "chat.post"),
    ("caldav", "calendar.event"),
)


class Desk:
    """A person with one account, at `place`."""

    def __init__(self, store: Store, place: Place) -> None:
        self.store, self.place, self.clock = store, place, SetClock(NOON)
        self.gate = Gate(TOOLS, store.approvals)
        self.kills = False
        self.acting = Acting(
            a_person(),
            self.gate,
            store.approvals,
            store.acts,
            store.accounts,
            {"here": self._connect},
            self.clock,
            lambda _: timedelta(seconds=30),
            LEASE,
        )
        store.accounts.register("mara", {"here": "imap"})
        account = store.accounts.claim("mara", "here", NOON, LEASE)
        assert account
        message = a_message(id="m", message_id="m1@atlas.example", thread_id="m0@atlas.example")
        store.accounts.commit(account, Page((Upsert(message, place.ref, "s"),), "1"), {"m": a_verdict()}, NOON, LEASE)

    def _connect(self) -> Any:
        hand = self.place.hand()
        act = hand.act

        def killed(order: Order) -> Receipt:
            done = act(order)
            if self.kills:
                raise Killed
            return done

        hand.act = killed  # type: ignore[method-assign]
        return hand

    def approved(self) -> str:
        proposal = self.gate.propose("mara", self.place.tool, self.place.arguments, why="", now=NOON, account="here")
        self.gate.approve(proposal.id, proposal.digest, "mara", NOON)
        return proposal.id

    def act(self, id: str) -> Act:
        found = self.store.acts.get(id)
        assert found
        return found

    def until_over(self, id: str) -> Act:
        for _ in range(5):
            self.clock.forward(minutes=10)
            self.acting.all_due()
        assert self.act(id).state in OVER
        return self.act(id)


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]} {case[1]}")
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    kind, tool = request.param
    more = {
        "imap": lambda: (request.getfixturevalue("dovecot_server"),),
        "caldav": lambda: (request.getfixturevalue("radicale"), monkeypatch.setenv),
    }.get(kind, tuple)()
    with getattr(hands, kind)(tmp_path, tool, *more) as place:
        yield place


@pytest.fixture
def desk(place: Place, tmp_path: Path, empty_database: Path) -> Iterator[Desk]:
    database = shutil.copy(empty_database, tmp_path / "reveille.db")
    with acting_as(EVERYBODY):
        store = open_store(f"sqlite:///{database}", tmp_path / "artefacts", secret=b"test")
        desk = Desk(store, place)
        yield desk
        desk.acting.close()
        store.close()


def test_approved_done_once_and_taken_back(desk: Desk) -> None:
    id = desk.approved()
    assert desk.place.seen() == [], "nothing before the yes is used"
    desk.acting.all_due()
    done = desk.act(id)
    assert (done.state, done.error) == (ActState.DONE, "")
    assert done.receipt
    assert done.receipt.says
    assert len(desk.place.seen()) == 1
    desk.until_over(id)
    assert len(desk.place.seen()) == 1
    proposal = desk.store.approvals.proposal(id)
    assert proposal
    with pytest.raises(NotAllowed):
        desk.acting.carry_out(proposal)
    undone, said = desk.acting.undo(done)
    assert (undone.state, bool(said), desk.place.seen()) == (ActState.UNDONE, True, [])


def test_killed_before_the_receipt_is_written_it_is_found_or_unknown_and_never_twice(desk: Desk) -> None:
    id, desk.kills = desk.approved(), True
    with pytest.raises(Killed):
        desk.acting.all_due()
    assert desk.act(id).state is ActState.ACTING
    desk.kills = False
    end = desk.until_over(id)
    assert len(desk.place.seen()) == 1
    assert (end.state, bool(end.receipt)) == (ActState.DONE, True)


def test_an_answer_that_is_lost_leaves_it_done_once(desk: Desk) -> None:
    id = desk.approved()
    desk.place.cut()
    desk.acting.all_due()
    end = desk.until_over(id)
    assert end.state in (ActState.DONE, ActState.UNKNOWN)
    seen = desk.place.seen()
    assert len(seen) <= 1
    assert end.state is ActState.UNKNOWN or len(seen) == 1, "what is said to be done is there"
