"""The trained classifiers: sums of plain numbers, read from `weights/` when the first message is judged.

A file names what it was trained on and how well it did; `python -m tests.training` writes it.
"""

from __future__ import annotations

import json
from array import array
from base64 import b85decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from service.triage.ngrams import BUCKETS, MOST

FORMAT = 1
_BITS = 16
_FIELD = (1 << _BITS) - 1
_ZERO = 128
assert MOST * 2 * _ZERO <= _FIELD  # no class can reach into the next one's bits


@dataclass(frozen=True, slots=True)
class Linear:
    """`named`: of each trait a weight for each class. `hashed`: the same of each bucket of words, in steps, packed into one number,
    so that a single sum over the words of a mail adds up all classes: class `i` stands in the bits from `i * _BITS` on, plus _ZERO.
    """

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    named: Mapping[str, tuple[float, ...]]
    hashed: Sequence[int]
    step: float

    def scores(self, traits: Mapping[str, float], wording: Sequence[int]) -> list[float]:
        """A sum for each class; the largest wins, and their exponentials are to each other as the chances."""
        sums = list(self.bias)
        named = self.named
        for name, value in traits.items():
            if (weights := named.get(name)) is not None:
                for i, weight in enumerate(weights):
                    sums[i] += value * weight
        if wording:
            share = shared(wording) * self.step
            total = sum(map(self.hashed.__getitem__, wording))
            for i in range(len(sums)):
                sums[i] += share * ((total & _FIELD) - _ZERO * len(wording))
                total >>= _BITS
        return sums


def shared(wording: Sequence[int]) -> float:
    """What each distinct word counts: less in a long text, whose words are many."""
    return float(len(wording) ** -0.5)


def parsed(document: Mapping[str, Any]) -> Linear:
    """Raises ValueError where a file was written for other code than this."""
    classes = tuple(document["classes"])
    if document["format"] != FORMAT or document["buckets"] != BUCKETS:
        raise ValueError(f"weights of format {document['format']} with {document['buckets']} buckets: train anew")
    packed = array("b", b85decode(document["hashed"]))
    tables = [packed[i * BUCKETS : (i + 1) * BUCKETS] for i in range(len(classes))]
    hashed = [sum((n + _ZERO) << _BITS * i for i, n in enumerate(weights)) for weights in zip(*tables, strict=True)]
    named = {name: tuple(weights) for name, weights in document["named"].items()}
    return Linear(classes, tuple(document["bias"]), named, hashed, document["step"])


@cache
def load(name: str) -> Linear:
    return parsed(json.loads(files("service.triage").joinpath("weights", f"{name}.json").read_text("utf-8")))
