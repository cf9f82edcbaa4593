"""What is said aloud when not everything can be: by importance, and counted where it is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.domain.facts import Fact

_WEIGHTS = {"needs_you": 1.0, "meetings": 0.8, "commitments": 0.35, "waiting": 0.3, "slack": 0.25, "rest": 0.05}
_DETAIL = 0.45  # of its fact's weight: preparation follows the headline, before lesser sections are cut


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence that could be said. `under` is the index of the fact it belongs to, None for the fact itself."""

    section: str
    fact: Fact
    said: str
    under: int | None = None

    @property
    def words(self) -> int:
        return self.said.count(" ") + 1

    @property
    def weight(self) -> float:
        base = _WEIGHTS.get(self.section, 0.5)
        return (base + self.fact.importance) * (_DETAIL if self.under is not None else 1.0)


def choose(candidates: list[Candidate], budget: int) -> tuple[list[Candidate], int]:
    """The weightiest whose words fit, in their own order, and how many facts (not details) were left out."""
    chosen: set[int] = set()
    for i in _by_weight(candidates):
        under = candidates[i].under
        if (under is None or under in chosen) and candidates[i].words <= budget:
            chosen.add(i)
            budget -= candidates[i].words
    left = sum(1 for i, c in enumerate(candidates) if c.under is None and i not in chosen)
    return [c for i, c in enumerate(candidates) if i in chosen], left


def _by_weight(candidates: list[Candidate]) -> Iterable[int]:
    """Indices, weightiest first; a fact before its details."""
    return sorted(range(len(candidates)), key=lambda i: (candidates[i].under is not None, -candidates[i].weight, i))
