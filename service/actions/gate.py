"""The one door to acting: an approval of exactly these arguments, or a rule's standing approval with a target the config fixed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from service.actions.tools import Tool
from service.domain.proposals import Approval, Proposal, StandingApproval, Tier
from service.errors import NotAllowed

GOOD_FOR = timedelta(hours=24)
STANDING_UP_TO = Tier.SHARED
"""What can't be undone is never done on a standing approval."""


class Approvals(Protocol):
    """Where proposals and approvals lie; `spend` is atomic: of two that try, one succeeds."""

    def file(self, proposal: Proposal) -> None: ...

    def proposal(self, id: str) -> Proposal | None: ...

    def approve(self, approval: Approval) -> None: ...

    def approval(self, proposal: str) -> Approval | None: ...

    def spend(self, proposal: str, now: datetime) -> bool: ...


@dataclass(frozen=True, slots=True)
class Pass:
    """Proof that the gate let one proposal through, once: what an action's code asks for before it acts."""

    proposal: Proposal
    by: str


@dataclass(frozen=True, slots=True)
class Gate:
    tools: Mapping[str, Tool]
    approvals: Approvals
    standing: Sequence[StandingApproval] = ()

    def propose(
        self,
        person: str,
        tool: str,
        arguments: Mapping[str, Any],
        *,
        taint: Sequence[str],
        why: str,
        now: datetime,
        id: str = "",
    ) -> Proposal:
        """Files what Reveille would do. The tier is the tool's own. Raises NotAllowed for an unknown tool or misfit arguments."""
        known = self._tool(tool)
        if misfit := known.misfits(arguments):
            raise NotAllowed(misfit)
        proposal = Proposal(
            id or uuid.uuid4().hex, person, tool, known.schema_hash, dict(arguments), known.tier, tuple(taint), why, now
        )
        self.approvals.file(proposal)
        return proposal

    def approve(self, id: str, digest: str, by: str, now: datetime, good_for: timedelta = GOOD_FOR) -> Approval:
        """The person's yes to exactly what they saw: `digest` is that of the proposal shown to them."""
        proposal = self.approvals.proposal(id)
        if proposal is None or proposal.digest != digest:
            raise NotAllowed("What was approved is not what is proposed: look at it again.")
        approval = Approval(id, digest, now, now + good_for, by)
        self.approvals.approve(approval)
        return approval

    def open(self, proposal: Proposal, now: datetime) -> Pass:
        """Lets one run of this proposal through, or raises NotAllowed saying what is missing. An approval is spent by it."""
        tool = self._tool(proposal.tool)
        if tool.schema_hash != proposal.schema_hash:
            raise NotAllowed(f"{proposal.tool} has changed since this was proposed: it must be proposed and approved anew.")
        for standing in self.standing:
            if standing.covers(proposal) and max(tool.tier, proposal.tier) <= STANDING_UP_TO:
                return Pass(proposal, f"rule {standing.rule}")
        approval = self.approvals.approval(proposal.id)
        if approval is None or not approval.covers(proposal, now):
            raise NotAllowed(f"{proposal.tool} waits for your approval of exactly these arguments.")
        if not self.approvals.spend(proposal.id, now):
            raise NotAllowed("This approval has been used already: one yes is good for one run.")
        return Pass(proposal, approval.by)

    def _tool(self, name: str) -> Tool:
        if name not in self.tools:
            raise NotAllowed(f"There is no tool {name!r} here.")
        return self.tools[name]
