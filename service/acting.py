"""Approved actions of one person: each begun, done and settled alone, never twice where that can be known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from service.actions.gate import Gate
from service.attention import day_start
from service.domain.people import Person
from service.domain.proposals import Act, ActState, Pass, Proposal, Receipt
from service.errors import AccessLost, ExternalError, FenceLost, NotAllowed, Rejected, ReveilleError, Unavailable, not_installed
from service.logs import logger
from service.ports import Hand, Order
from service.store.accounts import Accounts
from service.store.acts import Acts, Held
from service.store.approvals import Approvals

log = logger("acting")
LEASE = timedelta(seconds=90)
AT_ONCE = 200
"""Actions in one go: what is over is done in the next."""
BEFORE_A_RUN = timedelta(seconds=20)
IN_DOUBT = "it broke off in the middle, and nobody can tell whether it was done: look there before you do it again"
ABOUT = ("message", "answers")
"""Arguments that hold an item's id."""


@dataclass(slots=True)
class Acting:
    """`hands` connect when they are first needed; those of accounts that the config allows nothing are not there."""

    person: Person
    gate: Gate
    approvals: Approvals
    acts: Acts
    accounts: Accounts
    hands: Mapping[str, Callable[[], Hand]]
    clock: Callable[[], datetime]
    backoff: Callable[[int], timedelta]
    lease: timedelta = LEASE
    _connected: dict[str, Hand] = field(default_factory=dict)

    def all_due(self, within: timedelta = BEFORE_A_RUN) -> int:
        """Whatever rules stand for, was approved, or was left by an earlier attempt. How much was begun. What an account refuses or is
        away for leaves the others alone; nothing is raised, for whoever comes by here has something else to do.
        """
        end, begun, away = monotonic() + within.total_seconds(), 0, set[str]()
        try:
            for proposal in self._due():
                if monotonic() >= end or begun >= AT_ONCE:
                    break
                if proposal.account not in away:
                    act = self._carry_out(proposal)
                    begun += act is not None
                    if act is not None and act.state in (ActState.WAITING, ActState.UNKNOWN):
                        away.add(proposal.account)
        except FenceLost as error:
            log.warning("stopped acting", error=str(error))
        except ReveilleError as error:
            log.warning("acting is put off", error=str(error))
        return begun

    def carry_out(self, proposal: Proposal) -> Act:
        """One that was approved, now. Raises NotAllowed where the gate, or another worker, keeps it from being done."""
        if self.acts.get(proposal.id) is None and proposal.account not in self.hands:
            raise NotAllowed(_no_hand(proposal))
        act = self._carry_out(proposal, ask=True)
        if act is None:
            raise NotAllowed("Somebody else has begun it, or it is no longer open: `reveille actions` says how it stands.")
        return act

    def undo(self, act: Act) -> tuple[Act, str]:
        """Takes back what was done. What became of it, in words. Raises Rejected, NotAllowed; Unavailable, AccessLost: try again."""
        if act.receipt is None or act.receipt.undo is None:
            raise NotAllowed(f"Nothing takes this back: {act.receipt.says if act.receipt else act.state.value}.")
        hand = self._hand(act.account)
        held = self.acts.begin_undo(act.proposal, self.clock(), self.lease)
        if held is None:
            raise NotAllowed(f"There is nothing to take back: it is {act.state.value}.")
        try:
            said = hand.undo(act.tool, act.receipt.undo)
        except ExternalError as error:
            self._settle(held, ActState.DONE, error=f"not taken back: {error}")
            raise
        self._settle(held, ActState.UNDONE)
        return self._now(held), said

    def close(self) -> None:
        while self._connected:
            self._connected.popitem()[1].close()

    # --- one ------------------------------------------------------------------------------------------------------------------

    def _due(self) -> Iterator[Proposal]:
        """What was left first: it has waited longest."""
        now = self.clock()
        for act in self.acts.left(self.person.id, now):
            found = self.approvals.proposal(act.proposal)
            if found is not None:
                yield found
        yield from (ready for ready in self.approvals.ready(self.person.id, now) if ready.account in self.hands)

    def _carry_out(self, proposal: Proposal, *, ask: bool = False) -> Act | None:
        """None: there is nothing to begin. `ask`: say why. What was let through once is not asked for again."""
        now = self.clock()
        earlier = self.acts.get(proposal.id)
        if earlier is not None:
            held = self.acts.take_up(proposal.id, now, self.lease)
            granted = Pass(proposal, earlier.by, earlier.rule)
        else:
            try:
                granted = self.gate.open(proposal, now)
            except NotAllowed:
                if ask:
                    raise
                return None
            held = self.acts.begin(granted, now, self.lease, day_start(self.person, now))
        if held is None:
            return None
        self._do(held, granted)
        return self._now(held)

    def _do(self, held: Held, granted: Pass) -> None:
        """`acting` is committed. What an earlier attempt left in doubt is looked at before anything is done again."""
        proposal, doubtful = granted.proposal, held.doubtful
        try:
            self._still(granted)
            hand = self._hand(proposal.account)
            order = self._order(granted)
            if doubtful:
                found = hand.find(order)
                if found is not None:
                    self._settle(held, ActState.DONE, receipt=found)
                    return
                if proposal.tool not in hand.repeatable or proposal.expired(self.clock()):
                    self._settle(held, ActState.UNKNOWN, error=IN_DOUBT)
                    return
            if not self.acts.renew(held, self.clock() + self.lease):
                log.warning("another worker took over", proposal=proposal.id)
                return
            receipt = hand.act(order)
        except Unavailable as error:
            self._later(held, proposal, error, doubtful=doubtful or error.arrived is None)
        except AccessLost as error:
            self._later(held, proposal, error, doubtful=doubtful)
        except (Rejected, NotAllowed) as error:
            self._settle(held, ActState.UNKNOWN if doubtful else ActState.FAILED, error=str(error))
        except ReveilleError:
            raise
        except Exception as error:  # a hand is somebody's plug-in: what its bug has done nobody knows
            if (missing := not_installed(error)) is not None:
                self._later(held, proposal, missing, doubtful=doubtful)
                return
            log.exception("a hand broke", account=proposal.account, tool=proposal.tool)
            self._settle(held, ActState.UNKNOWN, error=f"unexpected: {type(error).__name__}: {error}; {IN_DOUBT}")
        else:
            self._settle(held, ActState.DONE, receipt=receipt)

    def _order(self, granted: Pass) -> Order:
        """With where the account keeps the message that it is about, as of now. Raises Rejected where it does no more."""
        proposal = granted.proposal
        item = next((str(proposal.arguments[name]) for name in ABOUT if proposal.arguments.get(name)), "")
        if not item:
            return Order(granted, proposal.id)
        refs = self.accounts.places(proposal.person, proposal.account, item)
        message = self.accounts.message(proposal.person, item)
        if not refs or message is None:
            raise Rejected(f"the message is no longer in {proposal.account}: nothing was done")
        return Order(granted, proposal.id, tuple(refs), message)

    def _still(self, granted: Pass) -> None:
        """The config may have changed since a rule's act was first tried."""
        if granted.rule and self.gate.stands(granted.proposal) is None:
            raise NotAllowed(f"the rule {granted.rule} no longer stands for it")

    def _hand(self, account: str) -> Hand:
        if account not in self.hands:
            raise NotAllowed(f"{account or 'No account'} may do nothing here: add `allow` to it in the config.")
        return self._connected.get(account) or self._connected.setdefault(account, self.hands[account]())

    def _later(self, held: Held, proposal: Proposal, error: ExternalError, *, doubtful: bool) -> None:
        """Tried again for as long as the proposal is good; a doubt that can't be looked into ends it."""
        now = self.clock()
        wait = getattr(error, "retry_after", None) or timedelta()
        again_at = now + max(wait, self.backoff(held.act.attempts))
        over = proposal.expires_at is not None and again_at >= proposal.expires_at
        if over:
            self._settle(held, ActState.UNKNOWN if doubtful else ActState.FAILED, error=str(error))
        else:
            self._settle(held, ActState.WAITING, error=str(error), not_before=again_at, doubtful=doubtful)

    def _settle(
        self,
        held: Held,
        state: ActState,
        *,
        error: str = "",
        receipt: Receipt | None = None,
        not_before: datetime | None = None,
        doubtful: bool = False,
    ) -> None:
        ours = self.acts.settle(held, state, self.clock(), error=error, receipt=receipt, not_before=not_before, doubtful=doubtful)
        say = log.info if state in (ActState.DONE, ActState.UNDONE) else log.warning
        say("action", proposal=held.act.proposal, tool=held.act.tool, account=held.act.account, state=state.value, ours=ours)

    def _now(self, held: Held) -> Act:
        return self.acts.get(held.act.proposal) or held.act


def _no_hand(proposal: Proposal) -> str:
    if not proposal.account:
        return f"Nothing that is connected can do {proposal.tool} yet; the proposal waits."
    return f"{proposal.account} may not do that: add `allow` to it in the config, and sign in again with the rights it needs."
