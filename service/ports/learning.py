"""What learning keeps, and a model that is asked for a second opinion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from service.domain.learning import Feedback, Pattern


@dataclass(frozen=True, slots=True)
class Question:
    """What a model is asked about one mail. `text` is what a person reads of it; `verdict` is the built-in brain's, as JSON has it."""

    item: str
    sender: str
    subject: str
    text: str
    verdict: Mapping[str, Any]


class Opinions(Protocol):
    """A model that gives second opinions on verdicts."""

    @property
    def name(self) -> str: ...

    def consider(self, question: Question) -> Mapping[str, Any]:
        """Its reply as JSON: category, urgency (0 to 1), summary, because. Raises Unavailable, Rejected, BudgetExceeded."""
        ...


class LearningTurn(Protocol):
    """One transaction of learning: nobody else learns for this person meanwhile."""

    def acts(self, item: str) -> Sequence[Feedback]: ...

    def pattern(self, key: str) -> Pattern | None: ...

    def keep(self, feedback: Feedback) -> None:
        """Takes the place of an earlier one of the same act on the same item."""
        ...

    def put(self, pattern: Pattern) -> None: ...


class LearningStore(Protocol):
    """What one person's acts have taught. Keys are `Key.text`."""

    def turn(self) -> AbstractContextManager[LearningTurn]: ...

    def acts(self, items: Iterable[str]) -> Mapping[str, Sequence[Feedback]]:
        """By item; items without any are left out."""
        ...

    def patterns(self, keys: Iterable[str]) -> Mapping[str, Pattern]: ...

    def all_patterns(self) -> Sequence[Pattern]: ...

    def all_feedback(self) -> Sequence[Feedback]:
        """Oldest first."""
        ...

    def is_empty(self) -> bool: ...

    def forget(self) -> int:
        """Everything, events and patterns; returns how many patterns there were."""
        ...
