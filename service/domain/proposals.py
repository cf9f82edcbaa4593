"""Actions that Reveille would take, and the person's yes to exactly that."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any


class Tier(IntEnum):
    """How far an action reaches. Fixed by the tool's registration in code; nothing outside can set it."""

    READ = 0
    PRIVATE = 1  # changes only what the person alone sees: a draft, a label, a task of their own
    SHARED = 2  # others see it: a post, an invitation, a sent mail
    IRREVERSIBLE = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    id: str
    person: str
    tool: str
    schema_hash: str  # of the tool's argument schema when it was proposed
    arguments: dict[str, Any]
    tier: Tier
    taint: tuple[str, ...]  # ids of the outside items that were read before it was proposed
    why: str
    proposed_at: datetime

    @property
    def digest(self) -> str:
        """SHA-256 over tool, schema and arguments in canonical JSON: what an approval is bound to."""
        canonical = json.dumps(
            [self.person, self.tool, self.schema_hash, self.arguments], sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Approval:
    """Single use: spent by the run that acts on it. Expires at `expires_at`."""

    proposal: str
    digest: str
    approved_at: datetime
    expires_at: datetime
    by: str
    spent_at: datetime | None = None

    def covers(self, proposal: Proposal, now: datetime) -> bool:
        return self.digest == proposal.digest and self.spent_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class StandingApproval:
    """A rule's yes to one named action whose target is fixed in the config."""

    rule: str
    tool: str
    target: dict[str, Any]  # the arguments that the config fixes; a proposal must carry exactly these

    def covers(self, proposal: Proposal) -> bool:
        return proposal.tool == self.tool and all(proposal.arguments.get(k) == v for k, v in self.target.items())
