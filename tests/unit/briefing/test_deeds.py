"""The daily account of what was done by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.briefing.deeds import notes
from service.domain.proposals import Act, ActState
from tests.builders import NOON


@dataclass
class Diary:
    acts: Sequence[Act] = ()
    open: int = 0

    def since(self, since: datetime, until: datetime) -> Sequence[Act]:
        return [act for act in self.acts if since <= act.begun_at < until]

    def waiting(self, now: datetime) -> int:
        return self.open


def an_act(state: ActState = ActState.DONE, rule: str = "receipts", error: str = "", hours: float = 1) -> Act:
    by = f"rule {rule}" if rule else "mara"
    return Act("p", "mara", "mail.label", "gmail", by, rule, state, NOON - timedelta(hours=hours), error=error)


def said(*acts: Act, waiting: int = 0) -> tuple[str, ...]:
    return notes(Diary(acts, waiting), NOON - timedelta(hours=24), NOON)


def test_a_day_on_which_nothing_was_done_says_nothing() -> None:
    assert said(an_act(hours=30), an_act(rule=""), an_act(ActState.UNDONE)) == ()
    assert notes(None, None, NOON) == ()


def test_what_rules_did_is_counted_by_rule() -> None:
    line = "Done by your rules: 2 by “receipts” and 1 by “support” (reveille actions)."
    assert said(an_act(), an_act(), an_act(rule="support")) == (line,)


def test_what_failed_or_is_in_doubt_is_said_whoever_asked_for_it() -> None:
    failed, doubtful, waiting = said(
        an_act(ActState.FAILED, rule="", error="there is no label “Receipts”"), an_act(ActState.UNKNOWN, rule=""), waiting=2
    )
    assert failed == "1 action failed: there is no label “Receipts” (reveille actions)."
    assert doubtful == "Nobody can tell whether 1 action happened: mail.label in gmail; look there (reveille actions)."
    assert waiting == "2 proposals wait for your yes: reveille proposals."
