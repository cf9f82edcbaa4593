"""Everything that could be told this morning, by section and in order, each thing in one section only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from service.briefing import chat, commitments, needs_you, tasks, undated, waiting
from service.briefing.desk import Desk
from service.briefing.met import meeting_times
from service.domain.facts import Fact, Section
from service.domain.rules import Rule


def candidates(desk: Desk, meetings: Sequence[Fact], rules: Sequence[Rule]) -> Mapping[str, Sequence[Fact]]:
    needs = needs_you.facts(desk, meeting_times(meetings))
    promised = commitments.facts(desk)
    asked_again = _threads(desk, needs)
    due = [f for f in promised if not (_is_mine(f) and _threads(desk, [f]) <= asked_again)]
    named = _threads(desk, promised)
    return {
        Section.NEEDS_YOU: needs,
        Section.MEETINGS: meetings,
        Section.WAITING: [f for f in (*waiting.facts(desk), *undated.theirs(desk)) if not _threads(desk, [f]) <= named],
        Section.COMMITMENTS: _ordered((*due, *_unnamed(desk, undated.mine(desk), named | asked_again), *tasks.facts(desk))),
        Section.SLACK: chat.facts(desk, rules),
    }


def _threads(desk: Desk, facts: Iterable[Fact]) -> frozenset[str]:
    """The mail threads that facts speak of."""
    return frozenset(desk.thread_of[s.id] for f in facts for s in f.sources if s.id in desk.thread_of)


def _unnamed(desk: Desk, facts: Iterable[Fact], named: frozenset[str]) -> list[Fact]:
    return [f for f in facts if not _threads(desk, [f]) <= named]


def _is_mine(fact: Fact) -> bool:
    return fact.key.startswith("promise:mine:")


def _ordered(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda f: (-f.importance, f.at.timestamp() if f.at else 0, f.key))
