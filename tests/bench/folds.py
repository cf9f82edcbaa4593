"""Folds that keep what belongs together on one side, and how sure a figure is."""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

Fold = tuple[list[int], list[int]]
"""Indices to train on and to test on."""


def stratified(labels: Sequence[Hashable], folds: int, seed: int) -> Iterator[Fold]:
    """Each label spread evenly over the folds."""
    chance = random.Random(seed)
    order = sorted(range(len(labels)), key=lambda i: (str(labels[i]), chance.random()))
    yield from _folds([place % folds for place, _ in sorted(enumerate(order), key=lambda p: p[1])], folds)


def left_out(groups: Sequence[str]) -> Iterator[Fold]:
    """Each group once the one that training never saw."""
    names = sorted(set(groups))
    yield from _folds([names.index(g) for g in groups], len(names))


def grouped(groups: Sequence[str], folds: int) -> Iterator[Fold]:
    """Whole groups, the largest first into the fold that has least."""
    sizes = [0] * folds
    where: dict[str, int] = {}
    for group in sorted(set(groups), key=lambda g: (-groups.count(g), g)):
        where[group] = sizes.index(min(sizes))
        sizes[where[group]] += groups.count(group)
    yield from _folds([where[g] for g in groups], folds)


def _folds(of: Sequence[int], count: int) -> Iterator[Fold]:
    for fold in range(count):
        yield [i for i, f in enumerate(of) if f != fold], [i for i, f in enumerate(of) if f == fold]


@dataclass(frozen=True, slots=True)
class Paired:
    """Ours, the peer's, and their difference with its 95 % interval; `chance`: how often resampling turns the difference round."""

    ours: float
    peer: float
    low: float
    high: float
    chance: float


def interval(hits: Sequence[float], rounds: int = 2000) -> tuple[float, float]:
    """95 % of resampled means (Efron's percentile bootstrap)."""
    means = sorted(_means(hits, rounds))
    return means[int(rounds * 0.025)], means[int(rounds * 0.975)]


def paired(ours: Sequence[float], peer: Sequence[float], rounds: int = 2000) -> Paired:
    """Over the same cases: how right each was on each."""
    gaps = [a - b for a, b in zip(ours, peer, strict=True)]
    means = sorted(_means(gaps, rounds))
    return Paired(
        sum(ours) / len(ours),
        sum(peer) / len(peer),
        means[int(rounds * 0.025)],
        means[int(rounds * 0.975)],
        sum(m <= 0 for m in means) / rounds,
    )


def _means(values: Sequence[float], rounds: int) -> Iterator[float]:
    chance = random.Random(5)
    for _ in range(rounds):
        yield sum(chance.choices(values, k=len(values))) / len(values)


def f1(truth: Sequence[bool], said: Sequence[bool]) -> float:
    hits = sum(t and s for t, s in zip(truth, said, strict=True))
    return 2 * hits / max(1, sum(truth) + sum(said))
