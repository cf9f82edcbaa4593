"""What was approved is done once, and what can't be known is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from service.acting import Acting
from service.actions import TOOLS, Gate
from service.domain.proposals import ActState, Fixed, Given, Outside, Proposal, Receipt, StandingApproval
from service.domain.sync import Page, Upsert
from service.errors import AccessLost, Erased, NotAllowed, Rejected, Unavailable
from service.ports import Order
from service.store import Store
from tests.builders import NOON, a_message, a_person, a_verdict
from tests.household import Killed, KilledAfterArrival, SetClock

LEASE, STANDS = timedelta(seconds=90), "receipts"
LABEL: dict[str, Given] = {"message": Outside("m", ("m",)), "label": Fixed("Receipts")}
POST: dict[str, Given] = {"channel": Fixed("#support"), "text": Outside("A bug", ("m",))}


@dataclass
class Notebook:
    """A hand that writes down what it did. `answers` are raised, one an attempt; then all goes well."""

    tools: frozenset[str] = frozenset(TOOLS)
    repeatable: frozenset[str] = frozenset({"mail.label"})
    answers: list[BaseException] = field(default_factory=list)
    looks: list[BaseException] = field(default_factory=list)
    sees: bool = True
    done: list[Order] = field(default_factory=list)
    undone: list[Mapping[str, Any]] = field(default_factory=list)

    def act(self, order: Order) -> Receipt:
        answer = self.answers.pop(0) if self.answers else None
        if answer is None or isinstance(answer, KilledAfterArrival) or getattr(answer, "arrived", 0) is None:
            self.done.append(order)
        if answer is not None:
            raise answer
        return Receipt(f"did {order.tool}", "https://there.example", {"key": order.key})

    def find(self, order: Order) -> Receipt | None:
        if self.looks:
            raise self.looks.pop(0)
        return Receipt("found") if self.sees and any(one.key == order.key for one in self.done) else None

    def undo(self, tool: str, what: Mapping[str, Any]) -> str:
        if self.answers:
            raise self.answers.pop(0)
        self.undone.append(what)
        return "it is as it was"

    def close(self) -> None: ...


class Bench:
    """A mailbox with one message, and a hand for it."""

    def __init__(self, store: Store, hand: Notebook | None = None, **more: Notebook) -> None:
        self.store, self.clock, self.hand = store, SetClock(NOON), hand or Notebook()
        self.gate = Gate(TOOLS, store.approvals, (StandingApproval(STANDS, "mail.label", {"label": "Receipts"}),))
        hands = {"mail": self.hand, **more}
        connect = {name: lambda hand=one: hand for name, one in hands.items()}
        self.acting = Acting(
            a_person(),
            self.gate,
            store.approvals,
            store.acts,
            store.accounts,
            connect,
            self.clock,
            lambda attempts: timedelta(seconds=20 * attempts),
            LEASE,
        )
        if store.accounts.message("mara", "m") is None:
            store.accounts.register("mara", {"mail": "imap"})
            account = store.accounts.claim("mara", "mail", NOON, LEASE)
            assert account
            message = a_message(id="m")
            store.accounts.commit(account, Page((Upsert(message, "INBOX/1", "s"),), "1"), {"m": a_verdict()}, NOON, LEASE)

    def proposed(self, tool: str = "chat.post", arguments: dict[str, Given] = POST, **fields: Any) -> Proposal:
        return self.gate.propose("mara", tool, arguments, **{"why": "", "now": self.clock.now, "account": "mail"} | fields)

    def approved(self, *what: Any, **fields: Any) -> Proposal:
        proposal = self.proposed(*what, **fields)
        self.gate.approve(proposal.id, proposal.digest, "mara", self.clock.now)
        return proposal

    def state(self, proposal: Proposal) -> ActState | None:
        act = self.store.acts.get(proposal.id)
        return act.state if act else None

    def later(self, **span: float) -> None:
        self.clock.forward(**span)
        self.acting.all_due()


@pytest.fixture
def bench(store: Store) -> Bench:
    return Bench(store)


def test_approved_done_once_with_a_receipt_and_taken_back(bench: Bench) -> None:
    proposal = bench.approved()
    act = bench.acting.carry_out(proposal)
    assert (act.state, act.by, act.account) == (ActState.DONE, "mara", "mail")
    assert act.receipt == Receipt("did chat.post", "https://there.example", {"key": proposal.id})
    with pytest.raises(NotAllowed):
        bench.acting.carry_out(proposal)
    bench.later(hours=1)
    assert [one.arguments["text"] for one in bench.hand.done] == ["A bug"]
    undone, said = bench.acting.undo(act)
    assert (undone.state, said, bench.hand.undone) == (ActState.UNDONE, "it is as it was", [{"key": proposal.id}])
    with pytest.raises(NotAllowed, match="nothing to take back"):
        bench.acting.undo(act)


def test_without_a_yes_nothing_is_done(bench: Bench) -> None:
    proposal = bench.proposed()
    with pytest.raises(NotAllowed, match="waits for your approval"):
        bench.acting.carry_out(proposal)
    bench.later(minutes=5)
    assert (bench.hand.done, bench.state(proposal)) == ([], None)


def test_what_was_approved_while_nobody_acted_is_done_in_the_next_run(bench: Bench) -> None:
    proposal = bench.approved()
    bench.later(minutes=5)
    assert bench.state(proposal) is ActState.DONE


def test_a_rule_acts_by_itself_on_the_message_where_it_lies(bench: Bench) -> None:
    by_rule = bench.proposed("mail.label", LABEL, rule=STANDS)
    waits = bench.proposed("mail.label", LABEL | {"label": Fixed("Other")}, rule=STANDS)
    bench.later(minutes=1)
    (order,) = bench.hand.done
    assert (order.key, order.refs, order.message and order.message.id) == (by_rule.id, ("INBOX/1",), "m")
    assert (bench.state(by_rule), bench.state(waits)) == (ActState.DONE, None)


def test_a_rule_is_good_for_so_many_a_day_and_the_rest_waits(bench: Bench) -> None:
    bench.acting.gate = replace(bench.gate, standing=(StandingApproval(STANDS, "mail.label", {"label": "Receipts"}, at_most=2),))
    filed = [bench.proposed("mail.label", LABEL, rule=STANDS) for _ in range(3)]
    bench.later(minutes=1)
    assert sorted(str(bench.state(one)) for one in filed) == ["None", "done", "done"]
    [left] = bench.store.approvals.waiting("mara", bench.clock.now)
    bench.gate.approve(left.id, left.digest, "mara", bench.clock.now)
    bench.later(minutes=1)
    assert bench.state(left) is ActState.DONE, "the person's yes is not counted"
    tomorrow = bench.proposed("mail.label", LABEL, rule=STANDS)
    bench.later(minutes=1)
    assert bench.state(tomorrow) is None
    bench.later(hours=15)
    assert bench.state(tomorrow) is ActState.DONE, "a new day in Zurich"


def test_a_message_that_is_gone_is_left_alone(bench: Bench) -> None:
    proposal = bench.approved("mail.label", LABEL | {"message": Outside("gone", ("gone",))})
    act = bench.acting.carry_out(proposal)
    assert (act.state, "no longer in mail" in act.error, bench.hand.done) == (ActState.FAILED, True, [])


def test_two_workers_do_it_once(store: Store) -> None:
    one, other = Bench(store), Bench(store)
    proposal = one.approved()
    one.later(minutes=1)
    other.later(minutes=1)
    assert len(one.hand.done + other.hand.done) == 1
    assert one.state(proposal) is ActState.DONE


def test_an_account_that_is_away_is_tried_again_and_others_are_not_kept(store: Store) -> None:
    other = Notebook()
    bench = Bench(store, Notebook(answers=[Unavailable("line cut"), AccessLost("no right: connect again")]), other=other)
    first = bench.approved()
    bench.clock.forward(seconds=1)
    second = bench.approved()
    elsewhere = bench.approved(account="other")
    bench.later(seconds=1)
    assert (bench.state(first), bench.state(second), bench.state(elsewhere)) == (ActState.WAITING, None, ActState.DONE)
    bench.later(seconds=1)  # the second has its turn, and is refused
    assert bench.state(second) is ActState.WAITING
    bench.later(minutes=5)
    assert [one.key for one in bench.hand.done] == [first.id, second.id]


def test_it_is_tried_for_as_long_as_it_is_wanted(store: Store) -> None:
    bench = Bench(store, Notebook(answers=[Unavailable("away")] * 99))
    proposal = bench.approved(good_for=timedelta(hours=1))
    for _ in range(20):
        bench.later(minutes=5)
    assert (bench.state(proposal), bench.hand.done) == (ActState.FAILED, [])


def test_killed_before_anybody_could_mark_it_it_is_looked_for(bench: Bench) -> None:
    bench.hand.answers = [KilledAfterArrival()]
    proposal = bench.approved()
    with pytest.raises(Killed):
        bench.acting.all_due()
    assert bench.state(proposal) is ActState.ACTING
    bench.later(seconds=30)
    assert bench.state(proposal) is ActState.ACTING, "whoever does it may be at it still"
    bench.later(minutes=2)
    act = bench.store.acts.get(proposal.id)
    assert act
    assert (act.state, act.receipt, len(bench.hand.done)) == (ActState.DONE, Receipt("found"), 1)


@pytest.mark.parametrize("end", [Killed(), KilledAfterArrival(), RuntimeError("a bug"), Unavailable("cut", arrived=None)])
def test_what_nobody_can_know_is_unknown_and_never_done_again(bench: Bench, end: BaseException) -> None:
    bench.hand.answers, bench.hand.sees = [end], False
    proposal = bench.approved()
    if isinstance(end, Killed):
        with pytest.raises(Killed):
            bench.acting.all_due()
    else:
        bench.acting.all_due()
    for _ in range(5):
        bench.later(minutes=10)
    act = bench.store.acts.get(proposal.id)
    assert act
    assert (act.state, act.ended_at is not None) == (ActState.UNKNOWN, True)
    assert "nobody can tell" in act.error
    assert len(bench.hand.done) <= 1
    assert not bench.hand.answers
    with pytest.raises(NotAllowed):
        bench.acting.carry_out(proposal)


def test_a_doubt_that_can_not_be_looked_into_just_now_stays_one(bench: Bench) -> None:
    bench.hand.answers, bench.hand.looks = [Unavailable("cut", arrived=None)], [Unavailable("away")]
    proposal = bench.approved()
    bench.acting.all_due()
    bench.later(minutes=1)
    assert bench.state(proposal) is ActState.WAITING
    bench.later(minutes=5)
    assert (bench.state(proposal), len(bench.hand.done)) == (ActState.DONE, 1)


def test_what_does_nothing_twice_is_done_again_after_a_doubt(bench: Bench) -> None:
    bench.hand.answers, bench.hand.sees = [Killed()], False
    proposal = bench.approved("mail.label", LABEL)
    with pytest.raises(Killed):
        bench.acting.all_due()
    bench.later(minutes=5)
    assert (bench.state(proposal), len(bench.hand.done)) == (ActState.DONE, 1)


def test_whoever_lost_the_lease_does_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal = bench.approved()
    monkeypatch.setattr(bench.store.accounts, "places", None)
    held = bench.store.acts.begin(bench.gate.open(proposal, NOON), NOON, LEASE, NOON)
    assert held
    other = bench.store.acts.take_up(proposal.id, NOON + 2 * LEASE, LEASE)
    assert other
    assert other.doubtful
    assert not bench.store.acts.renew(held, NOON + 3 * LEASE)
    assert not bench.store.acts.settle(held, ActState.DONE, NOON)
    assert bench.state(proposal) is ActState.ACTING


def test_what_is_refused_is_not_tried_again(bench: Bench) -> None:
    bench.hand.answers = [Rejected("no such channel")]
    act = bench.acting.carry_out(bench.approved())
    bench.later(hours=1)
    assert (act.state, act.error, bench.hand.done) == (ActState.FAILED, "no such channel", [])


def test_a_rule_that_was_taken_out_meanwhile_stands_for_nothing(store: Store) -> None:
    bench = Bench(store, Notebook(answers=[Unavailable("away")]))
    proposal = bench.proposed("mail.label", LABEL, rule=STANDS)
    bench.acting.all_due()
    bench.acting.gate = Gate(TOOLS, store.approvals)
    bench.later(minutes=5)
    act = store.acts.get(proposal.id)
    assert act
    assert (act.state, "no longer stands" in act.error, bench.hand.done) == (ActState.FAILED, True, [])


def test_an_account_that_may_do_nothing_says_so(bench: Bench) -> None:
    with pytest.raises(NotAllowed, match="add `allow`"):
        bench.acting.carry_out(bench.approved(account="calendar"))
    with pytest.raises(NotAllowed, match="Nothing that is connected"):
        bench.acting.carry_out(bench.approved(account=""))


def test_what_could_not_be_taken_back_is_still_done_and_says_why(bench: Bench) -> None:
    act = bench.acting.carry_out(bench.approved())
    bench.hand.answers = [Rejected("it was changed since")]
    with pytest.raises(Rejected):
        bench.acting.undo(act)
    after = bench.store.acts.get(act.proposal)
    assert after
    assert (after.state, after.error) == (ActState.DONE, "not taken back: it was changed since")
    assert after.receipt == act.receipt
    assert bench.acting.undo(after)[0].state is ActState.UNDONE


def test_after_an_erasure_nothing_is_begun(bench: Bench) -> None:
    proposal = bench.approved()
    granted = bench.gate.open(proposal, NOON)
    bench.store.erasures.erase("mara", lambda: NOON)
    assert bench.acting.all_due() == 0
    with pytest.raises(Erased):
        bench.store.acts.begin(granted, NOON, LEASE, NOON)


def test_what_is_old_is_let_go_with_its_ledger(bench: Bench) -> None:
    old, open_ = bench.approved(), bench.approved()
    bench.acting.carry_out(old)
    bench.hand.answers = [Unavailable("away")]
    bench.acting.carry_out(open_)
    keep, later = a_person().keep, NOON + timedelta(days=401)
    while bench.store.pruner.prune("mara", keep, later):
        continue
    assert bench.store.approvals.proposal(old.id) is None
    assert bench.store.acts.get(old.id) is None
    assert bench.state(open_) is ActState.WAITING
