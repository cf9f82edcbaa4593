"""Actions that Reveille would take, the person's yes to exactly that, and what was done."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any


class Tier(IntEnum):
    """How far an action reaches. Fixed by the tool's registration in code; nothing outside can set it."""

    READ = 0
    PRIVATE = 1  # changes only what the person alone sees: a draft, a label, a task of their own
    SHARED = 2  # others see it: a post, an invitation, a sent mail
    IRREVERSIBLE = 3


Value = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fixed:
    """Said by the person: it stands in their config, or they typed it. Only this may say whom an action reaches, and where."""

    value: Value


@dataclass(frozen=True, slots=True)
class Outside:
    """Made of outside text, or chosen by it; `of` are the ids of the items that it comes from."""

    value: Value
    of: tuple[str, ...]


Given = Fixed | Outside
"""An argument of a proposal, with where it comes from. There is no third way to hand one in."""


@dataclass(frozen=True, slots=True)
class Proposal:
    id: str
    person: str
    tool: str
    schema_hash: str  # of the tool's argument schema when it was proposed
    arguments: dict[str, Any]
    tier: Tier
    taint: tuple[str, ...]  # ids of the outside items that it derives from
    why: str
    proposed_at: datetime
    account: str = ""  # through which it is done; "" where nothing connected can do it yet
    rule: str = ""  # that asked for it; "" where the person did
    expires_at: datetime | None = None  # nobody can say yes to it any more

    @property
    def digest(self) -> str:
        """SHA-256 over whose it is, account, tool, schema, tier and arguments in canonical JSON: what an approval is bound to."""
        exactly = [self.person, self.account, self.tool, self.schema_hash, int(self.tier), self.arguments]
        canonical = json.dumps(exactly, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and now >= self.expires_at


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
        return self.proposal == proposal.id and self.digest == proposal.digest and self.spent_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class StandingApproval:
    """A rule's yes to one named action whose target is fixed in the config; no more than `at_most` a day."""

    rule: str
    tool: str
    target: dict[str, Any]  # the arguments that the config fixes; a proposal must carry exactly these
    at_most: int = 50

    def covers(self, proposal: Proposal) -> bool:
        """Literally: nothing is resolved, trimmed or matched by a pattern here."""
        if (proposal.rule, proposal.tool) != (self.rule, self.tool) or not self.target:
            return False
        return all(k in proposal.arguments and _same(proposal.arguments[k], v) for k, v in self.target.items())


def _same(one: object, other: object) -> bool:
    """Python takes True for 1."""
    return type(one) is type(other) and one == other


@dataclass(frozen=True, slots=True)
class Pass:
    """Proof that the gate let one proposal through: what an action's code asks for before it acts. `rule` "": by an approval."""

    proposal: Proposal
    by: str
    rule: str = ""
    at_most: int = 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done: in words, where a person sees it, and what takes it back (plain JSON, the integration's own; None: nothing)."""

    says: str
    url: str = ""
    undo: dict[str, Any] | None = None


class ActState(StrEnum):
    ACTING = "acting"  # committed before the first byte
    WAITING = "waiting"  # it is known not to have happened, and is tried again
    DONE = "done"
    FAILED = "failed"  # it is known not to have happened, and is not tried again
    UNKNOWN = "unknown"  # nobody can know
    UNDOING = "undoing"
    UNDONE = "undone"


OVER = frozenset({ActState.DONE, ActState.FAILED, ActState.UNKNOWN, ActState.UNDONE})


@dataclass(frozen=True, slots=True)
class Act:
    """One proposal carried out, or tried to. It has its proposal's id."""

    proposal: str
    person: str
    tool: str
    account: str
    by: str  # the person, or "rule NAME"
    rule: str
    state: ActState
    begun_at: datetime
    ended_at: datetime | None = None
    attempts: int = 0
    not_before: datetime | None = None
    error: str = ""
    receipt: Receipt | None = field(default=None)
