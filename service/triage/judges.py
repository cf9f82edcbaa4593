"""Judging many messages: here, or in a process that can be killed. A message that hangs its judge is judged for information."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from service.domain.items import Message
from service.domain.learning import Hints
from service.domain.verdicts import Category, Relation, Verdict
from service.isolation import Failure, Isolated
from service.triage import Triage
from service.triage.circumstances import Circumstances

Known = tuple[Message, Relation, Circumstances, Hints, datetime]
Case = tuple[Message, Relation] | Known
BATCH = 40
"""Cases handed over at a time: large enough that handing over costs little, small enough that both sides stay busy."""


class Judges(Protocol):
    def judge(self, cases: Sequence[Case]) -> Sequence[Verdict]:
        """In the order of the cases."""
        ...


@dataclass(frozen=True, slots=True)
class InlineJudges:
    triage: Triage

    def judge(self, cases: Sequence[Case]) -> Sequence[Verdict]:
        return [judged(self.triage, case) for case in cases]


@dataclass(frozen=True, slots=True)
class IsolatedJudges:
    triage: Triage
    isolated: Isolated

    def judge(self, cases: Sequence[Case]) -> Sequence[Verdict]:
        answers = self.isolated.map(partial(judged, self.triage), cases, BATCH)
        return [_without(answer) if isinstance(answer, Failure) else answer for answer in answers]


def judged(triage: Triage, case: Case) -> Verdict:
    return triage.judge(*case)


def _without(failure: Failure) -> Verdict:
    return Verdict(Category.FYI, 0.0, (f"could not be judged: {failure.what}",), brain="none")
