"""The one door to acting: an approval of exactly these arguments, or a rule's standing approval with a target the config fixed.

It decides and files, and does nothing else: that a yes is good for one run, and a rule for so many a day, is held by whoever
begins the act, in the transaction that begins it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from service.actions.tools import Tool
from service.domain.proposals import Approval, Fixed, Given, Outside, Pass, Proposal, StandingApproval, Tier, Value
from service.errors import NotAllowed

GOOD_FOR = timedelta(hours=24)
"""A yes, the person's or a rule's: what could not be done by then may not be wanted any more."""
WAITS_FOR = timedelta(days=7)
"""How long a proposal may be said yes to."""
STANDING_UP_TO = Tier.SHARED
"""What can't be undone is never done on a standing approval."""


class Approvals(Protocol):
    """Where proposals and approvals lie."""

    def file(self, proposal: Proposal) -> None: ...

    def proposal(self, id: str) -> Proposal | None: ...

    def approve(self, approval: Approval) -> None: ...

    def approval(self, proposal: str) -> Approval | None: ...


@dataclass(frozen=True, slots=True)
class Gate:
    tools: Mapping[str, Tool]
    approvals: Approvals
    standing: Sequence[StandingApproval] = ()

    def propose(
        self,
        person: str,
        tool: str,
        arguments: Mapping[str, Given],
        *,
        why: str,
        now: datetime,
        account: str = "",
        rule: str = "",
        id: str = "",
        good_for: timedelta = WAITS_FOR,
    ) -> Proposal:
        """Files what Reveille would do. The tier is the tool's own.

        Raises NotAllowed for an unknown tool, for arguments that don't fit, and where one that says whom it reaches comes from
        outside text.
        """
        known = self._tool(tool)
        for name, given in arguments.items():
            if name in known.targets and not isinstance(given, Fixed):
                raise NotAllowed(f"{tool}: its {name} came from outside text. Only you or your config can say where it goes.")
        plain = {name: _plain(given.value) for name, given in arguments.items()}
        if misfit := known.misfits(plain):
            raise NotAllowed(misfit)
        taint = dict.fromkeys(id for given in arguments.values() if isinstance(given, Outside) for id in given.of)
        proposal = Proposal(
            id or uuid.uuid4().hex,
            person,
            tool,
            known.schema_hash,
            plain,
            known.tier,
            tuple(taint),
            why,
            now,
            account,
            rule,
            now + good_for,
        )
        self.approvals.file(proposal)
        return proposal

    def approve(self, id: str, digest: str, by: str, now: datetime, good_for: timedelta = GOOD_FOR) -> Approval:
        """The person's yes to exactly what they saw: `digest` is that of the proposal shown to them."""
        proposal = self.approvals.proposal(id)
        if proposal is None or proposal.digest != digest:
            raise NotAllowed("What was approved is not what is proposed: look at it again.")
        if proposal.expired(now):
            raise NotAllowed("This proposal has expired. What is still wanted has to be proposed anew.")
        approval = Approval(id, digest, now, now + good_for, by)
        self.approvals.approve(approval)
        return approval

    def open(self, proposal: Proposal, now: datetime) -> Pass:
        """Lets one run of this proposal through, or raises NotAllowed saying what is missing."""
        tool = self._tool(proposal.tool)
        if tool.schema_hash != proposal.schema_hash:
            raise NotAllowed(f"{proposal.tool} has changed since this was proposed: it must be proposed and approved anew.")
        if proposal.expired(now):
            raise NotAllowed("This proposal has expired. What is still wanted has to be proposed anew.")
        approval = self.approvals.approval(proposal.id)
        if approval is not None and approval.spent_at is not None:
            raise NotAllowed("This approval has been used already: one yes is good for one run.")
        if approval is not None and approval.covers(proposal, now):
            return Pass(proposal, approval.by)
        standing = self.stands(proposal)
        if standing is not None and now < proposal.proposed_at + GOOD_FOR:
            return Pass(proposal, f"rule {standing.rule}", standing.rule, standing.at_most)
        raise NotAllowed(f"{proposal.tool} waits for your approval of exactly these arguments.")

    def stands(self, proposal: Proposal) -> StandingApproval | None:
        """The rule that stands for it: each of the tool's targets that it carries is fixed in the config, word for word."""
        tool = self._tool(proposal.tool)
        if max(tool.tier, proposal.tier) > STANDING_UP_TO:
            return None
        aimed = tool.targets & proposal.arguments.keys()
        return next((s for s in self.standing if aimed <= s.target.keys() and s.covers(proposal)), None)

    def _tool(self, name: str) -> Tool:
        if name not in self.tools:
            raise NotAllowed(f"There is no tool {name!r} here. There are {', '.join(sorted(self.tools))}.")
        return self.tools[name]


def _plain(value: Value) -> Any:
    """As JSON has it, so that the digest is the same once it was stored."""
    return list(value) if isinstance(value, tuple) else value
