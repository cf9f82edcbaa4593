"""How likely a sentence asks something: a logistic regression over what its words mean, how it is built, and its wording.

The wording counts as hashes of one to three neighbouring words, so that no text of the data is in the weights; `tests/training` makes them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations, pairwise
from math import exp, sqrt
from zlib import crc32

from service.triage.sentences import Sentence

BUCKETS = 1 << 15
PAIRS = 1 << 12
_START, _END = 0x51ED270B, 0x2545F491
_LONGEST = 60  # words of a sentence; what follows says little of whether it asks


@dataclass(slots=True)
class Clues:
    """A sentence as the regression sees it: names of features, buckets of their pairs and of the wording."""

    names: set[str]
    pairs: list[int]
    grams: set[int]

    @property
    def scales(self) -> tuple[float, float, float]:
        """What one feature of each kind weighs, so that long sentences don't count for more than short ones."""
        return 0.5, 2 / sqrt(len(self.pairs) or 1), 3 / sqrt(len(self.grams) or 1)


@dataclass(frozen=True, slots=True)
class Weights:
    """All in the same small unit, as whole numbers."""

    unit: float
    bias: int
    names: dict[str, int]
    pairs: list[int]
    grams: list[int]

    def score(self, of: Clues) -> float:
        """The log odds."""
        name, pair, gram = of.scales
        known, pairs, grams = self.names, self.pairs, self.grams
        total = self.bias + name * sum([known.get(n, 0) for n in of.names])
        total += pair * sum([pairs[i] for i in of.pairs]) + gram * sum([grams[i] for i in of.grams])
        return self.unit * total


def likelihood(of: Sentence, found: set[str], weights: Weights | None = None) -> float:
    """0 to 1; `found` are the sentence's features by `asking.features`."""
    return 1 / (1 + exp(-max(-30.0, min(30.0, (weights or shipped()).score(clues(of, found))))))


def clues(of: Sentence, found: set[str]) -> Clues:
    marks = sorted([_IDS[n] for n in found])
    pairs = [(a * 31 + b * 17) % PAIRS for a, b in combinations(marks, 2)]
    return Clues(found | of.meanings, pairs, wording(of.words))


def wording(words: Sequence[str]) -> set[int]:
    """Buckets of single words, of two and of three in a row, and of those at the head and at the end."""
    ids = [_IDS[w] for w in words[:_LONGEST]]
    if not ids:
        return set()
    framed = [_START, *ids, _END]
    found = {i % BUCKETS for i in ids}
    found.update([(a * 31 + b * 17) % BUCKETS for a, b in pairwise(framed)])
    found.update([(a * 101 + b * 31 + c * 17) % BUCKETS for a, b, c in zip(framed, framed[1:], framed[2:], strict=False)])
    return found


class _Ids(dict[str, int]):
    """Of a word its CRC-32, which is the same on every machine; all numbers are one. Forgets all where strange words fill it."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[word] = crc32(b"#" if word.isdigit() else word.encode())
        return found


_REMEMBERED = 1 << 15
_IDS = _Ids()


@cache
def shipped() -> Weights:
    read = json.loads((files("service.triage") / "weights" / "asking.json").read_text(encoding="utf-8"))
    return Weights(read["unit"], read["bias"], read["names"], read["pairs"], read["grams"])
