"""What rules ask to be done for an item: filed as proposals, never done by the run that read the item."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.actions.gate import Gate
from service.actions.tools import Tool
from service.domain.items import Message, Thread
from service.domain.proposals import StandingApproval, Tier
from service.domain.rules import Rule
from service.triage.rules import matching

CREATE_TASK = Tool(
    "tasks.create",
    Tier.PRIVATE,
    {
        "properties": {"project": {"type": "string"}, "title": {"type": "string"}, "link": {"type": "string"}},
        "required": ["project", "title"],
    },
)
LONGEST_TITLE = 120


def standing(rules: Iterable[Rule]) -> tuple[StandingApproval, ...]:
    """A rule that names a project is a standing approval to file tasks there, and nowhere else."""
    return tuple(StandingApproval(rule.name, CREATE_TASK.name, {"project": rule.then.task}) for rule in rules if rule.then.task)


@dataclass(frozen=True, slots=True)
class Filing:
    gate: Gate
    rules: Sequence[Rule]

    def file(self, person: str, item: Message | Thread, kind: str, now: datetime) -> int:
        """Proposals for what the rules ask of this item; an item is proposed once a rule, however often it is read."""
        filed = 0
        for rule in matching([r for r in self.rules if r.then.task], item, kind):
            id = hashlib.sha256(f"{rule.name}\0{item.id}".encode()).hexdigest()[:32]
            if self.gate.approvals.proposal(id) is None:
                arguments = {"project": rule.then.task, "title": _title(item), "link": item.url}
                self.gate.propose(person, CREATE_TASK.name, arguments, taint=(item.id,), why=f"rule {rule.name}", now=now, id=id)
                filed += 1
        return filed


def _title(item: Message | Thread) -> str:
    words = item.subject if isinstance(item, Message) else item.posts[0].text
    return " ".join(words.split())[:LONGEST_TITLE] or "(no subject)"
