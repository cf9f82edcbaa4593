"""Logistic regression with an L2 penalty on sparse rows, by coordinate descent on its dual: the same numbers on every machine.

Yu, Huang and Lin, "Dual coordinate descent methods for logistic regression and maximum entropy models", Machine Learning 85 (2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from random import Random

_ROUNDS = 15
_STEPS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """`indices[k]` are features that all have the value `values[k]`."""

    indices: tuple[tuple[int, ...], ...]
    values: tuple[float, ...]

    def dot(self, weights: Sequence[float]) -> float:
        return sum(v * sum([weights[i] for i in group]) for v, group in zip(self.values, self.indices, strict=True))

    def add_to(self, weights: list[float], step: float) -> None:
        for value, group in zip(self.values, self.indices, strict=True):
            change = step * value
            for i in group:
                weights[i] += change

    @property
    def square(self) -> float:
        return sum(v * v * len(group) for v, group in zip(self.values, self.indices, strict=True))


def fit(rows: Sequence[Row], labels: Sequence[bool], size: int, cost: float, seed: int = 0) -> list[float]:
    """The `size` weights that minimise |w|²/2 + cost · Σ log(1 + exp(-y·w·x)). A bias is a feature that every row has."""
    weights = [0.0] * size
    dual = [1e-3 * cost] * len(rows)
    signs = [1.0 if label else -1.0 for label in labels]
    squares = [row.square for row in rows]
    for row, sign, alpha in zip(rows, signs, dual, strict=True):
        row.add_to(weights, sign * alpha)
    order = list(range(len(rows)))
    shuffle = Random(seed).shuffle
    for _ in range(_ROUNDS):
        shuffle(order)
        for i in order:
            new = _solved(dual[i], signs[i] * rows[i].dot(weights), squares[i], cost)
            rows[i].add_to(weights, signs[i] * (new - dual[i]))
            dual[i] = new
    return weights


def _solved(alpha: float, margin: float, square: float, cost: float) -> float:
    """The best value of one dual variable, the others held: Newton on its log odds, where the function rises throughout."""
    t = log(alpha / (cost - alpha))
    for _ in range(_STEPS):
        value = cost / (1 + exp(-t))
        gap = t + margin + square * (value - alpha)
        if abs(gap) < 1e-6:
            break
        t -= gap / (1 + square * value * (cost - value) / cost)
        t = max(-30.0, min(30.0, t))
    return max(cost * 1e-12, min(cost * (1 - 1e-12), cost / (1 + exp(-t))))
