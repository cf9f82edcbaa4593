"""What was done without the person's hand since they last heard, and what waits for it: one line each, in coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from service.briefing.wording import clean, clip, count, listed
from service.domain.proposals import Act, ActState
from service.ports import Deeds

FIRST = timedelta(days=1)
"""How far back the first briefing looks."""
MOST_NAMED = 5


def notes(deeds: Deeds | None, since: datetime | None, as_of: datetime) -> tuple[str, ...]:
    """For the person alone: names of rules are theirs."""
    if deeds is None:
        return ()
    acts = deeds.since(since or as_of - FIRST, as_of)
    said = (_by_rules(acts), _failed(acts), _doubtful(acts), _waiting(deeds.waiting(as_of)))
    return tuple(filter(None, said))


def _by_rules(acts: Sequence[Act]) -> str:
    done = Counter(act.rule for act in acts if act.rule and act.state is ActState.DONE)
    if not done:
        return ""
    named = [f"{number} by “{clip(clean(rule), 40)}”" for rule, number in done.most_common(MOST_NAMED)]
    more = sum(done.values()) - sum(number for _, number in done.most_common(MOST_NAMED))
    return f"Done by your rules: {listed([*named, *([f'{more} by others'] if more else [])])} (reveille actions)."


def _failed(acts: Sequence[Act]) -> str:
    failed = [act for act in acts if act.state is ActState.FAILED]
    return f"{count(len(failed), 'action')} failed: {clip(clean(failed[0].error), 120)} (reveille actions)." if failed else ""


def _doubtful(acts: Sequence[Act]) -> str:
    doubtful = [act for act in acts if act.state is ActState.UNKNOWN]
    if not doubtful:
        return ""
    where = listed(sorted({f"{act.tool} in {clip(clean(act.account), 40)}" for act in doubtful})[:MOST_NAMED])
    return f"Nobody can tell whether {count(len(doubtful), 'action')} happened: {where}; look there (reveille actions)."


def _waiting(number: int) -> str:
    return f"{count(number, 'proposal')} {'waits' if number == 1 else 'wait'} for your yes: reveille proposals." if number else ""
