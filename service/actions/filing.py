"""What rules ask to be done for an item: filed as proposals, never done by the run that read the item."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from service.actions.gate import Gate
from service.actions.tools import CREATE_TASK, FLAG, LABEL, POST, Tool
from service.domain.items import Message, Thread
from service.domain.proposals import Fixed, Given, Outside, StandingApproval
from service.domain.rules import Rule
from service.domain.sync import Account
from service.domain.verdicts import Verdict
from service.triage.rules import matching

LONGEST_TITLE, LONGEST_POST = 120, 600
ON_ITS_WAY = timedelta(minutes=15)
"""A mail may lie in the mailbox later than the moment that it says it came; what is looked at twice is filed once."""
Offers = Mapping[str, frozenset[str]]
"""Account → the tools that its config allows."""


class Wanted(NamedTuple):
    tool: Tool
    account: str
    arguments: Mapping[str, Given]


def standing(rules: Iterable[Rule]) -> tuple[StandingApproval, ...]:
    """A rule that names a project, a label or a channel is a standing approval for that, and for nothing else."""
    return tuple(
        StandingApproval(rule.name, tool.name, {target: value}, rule.then.at_most)
        for rule in rules
        for tool, target, value in (
            (CREATE_TASK, "project", rule.then.task),
            (LABEL, "label", rule.then.label),
            (FLAG, "flagged", rule.then.flag),
            (POST, "channel", rule.then.post),
        )
        if value
    )


@dataclass(frozen=True, slots=True)
class Filing:
    """`silent_until`: what came before may have been acted on by the service that this one was restored from."""

    gate: Gate
    rules: Sequence[Rule]
    offers: Offers = field(default_factory=dict)
    silent_until: datetime | None = None

    def file(self, person: str, item: Message | Thread, account: Account, now: datetime, verdict: Verdict | None = None) -> int:
        """Proposals for what the rules ask of this item; an item is proposed once a rule, however often it is read."""
        asking = [r for r in self.rules if r.then.task or r.then.label or r.then.flag or r.then.post]
        if not asking or not self._is_new(item, account):
            return 0
        filed = 0
        for rule in _fired(asking, item, account.kind, verdict):
            for wanted in self._wanted(rule, item, account, verdict):
                id = hashlib.sha256(f"{wanted.tool.name}\0{rule.name}\0{item.id}".encode()).hexdigest()[:32]
                if self.gate.approvals.proposal(id) is None:
                    self.gate.propose(
                        person,
                        wanted.tool.name,
                        wanted.arguments,
                        why=f"rule {rule.name}",
                        now=now,
                        account=wanted.account,
                        rule=rule.name,
                        id=id,
                    )
                    filed += 1
        return filed

    def _is_new(self, item: Message | Thread, account: Account) -> bool:
        at = item.new_at if isinstance(item, Message) else item.at
        if isinstance(item, Message) and item.own_briefing:
            return False
        if self.silent_until is not None and at <= self.silent_until:
            return False
        return account.read_at is not None and at >= account.read_at - ON_ITS_WAY

    def _wanted(self, rule: Rule, item: Message | Thread, account: Account, verdict: Verdict | None) -> Iterator[Wanted]:
        """Where it goes comes from the rule alone; what is said of the item comes from outside."""
        then, of, here = rule.then, (item.id,), self.offers.get(account.name, frozenset[str]())
        if then.task:
            about = {"title": Outside(_title(item), of), "link": Outside(item.url, of)}
            yield Wanted(CREATE_TASK, "", {"project": Fixed(then.task), **about})
        if isinstance(item, Message) and LABEL.name in here and then.label:
            yield Wanted(LABEL, account.name, {"message": Outside(item.id, of), "label": Fixed(then.label)})
        if isinstance(item, Message) and FLAG.name in here and then.flag:
            yield Wanted(FLAG, account.name, {"message": Outside(item.id, of), "flagged": Fixed(value=True)})
        through = next((name for name, tools in self.offers.items() if POST.name in tools), "")
        if isinstance(item, Message) and then.post and through and _may_be_passed_on(verdict):  # no post begets a post
            yield Wanted(POST, through, {"channel": Fixed(then.post), "text": Outside(_post(rule, item), of)})


def _fired(rules: Sequence[Rule], item: Message | Thread, kind: str, verdict: Verdict | None) -> Sequence[Rule]:
    """Triage has said which rules hold for a message, those that ask for its category included."""
    if verdict is None:
        return matching(rules, item, kind)
    return [rule for rule in rules if rule.name in verdict.rules]


def _may_be_passed_on(verdict: Verdict | None) -> bool:
    """Others will see it: nothing that is private or may be bait, and nothing that nobody has looked at."""
    return verdict is not None and not (verdict.private or verdict.spam or verdict.phishing)


def _title(item: Message | Thread) -> str:
    words = item.subject if isinstance(item, Message) else item.posts[0].text
    return " ".join(words.split())[:LONGEST_TITLE] or "(no subject)"


def _post(rule: Rule, item: Message) -> str:
    """Without its link, which opens for the person alone."""
    return f"{rule.name}: {' '.join(item.sender.label.split())}: {_title(item)}"[:LONGEST_POST]
