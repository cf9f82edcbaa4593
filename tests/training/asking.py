"""What makes `service/triage/weights/asking.json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import log
from pathlib import Path
from random import Random
from typing import Any

from service.triage.asking import features
from service.triage.likelihood import BUCKETS, PAIRS, Clues, Weights, clues
from service.triage.sentences import sentence
from tests.corpus import CORPUS
from tests.training.regression import Row, fit

SOURCE = {
    "name": "EmailIntentDataSet, training part",
    "address": "https://github.com/ParakweetLabs/EmailIntentDataSet",
    "licence": "Apache-2.0",
}
FILE = Path(__file__).parents[2] / "service" / "triage" / "weights" / "asking.json"
COSTS = (0.5, 1.0)
UNIT = 1 / 64
_INNER = 3  # folds in which the cost and the threshold are chosen


@dataclass(frozen=True, slots=True)
class Example:
    clues: Clues
    asks: bool


def examples(texts: Sequence[str], labels: Sequence[bool]) -> list[Example]:
    found = []
    for text, label in zip(texts, labels, strict=True):
        of = sentence(text, 0)
        found.append(Example(clues(of, features(of)), bool(label)))
    return found


def data() -> tuple[list[str], list[bool]]:
    rows = [json.loads(line) for line in _path().read_text(encoding="utf-8").splitlines()]
    return [row["text"] for row in rows], [bool(row["label"]) for row in rows]


def _path() -> Path:
    return CORPUS / "email_intent" / "train.jsonl"


def train(of: Sequence[Example]) -> Weights:
    """The cost and the threshold are chosen in folds inside `of`; the threshold goes into the bias, so that 0 decides."""
    cost, threshold = _chosen(of)
    return _fitted(of, cost, threshold)


def _chosen(of: Sequence[Example]) -> tuple[float, float]:
    best = (0.0, COSTS[0], 0.0)
    for cost in COSTS:
        held = [(0.0, False)] * len(of)
        for fold in folds(of, _INNER, seed=7):
            inside = set(fold)
            weights = _fitted([e for i, e in enumerate(of) if i not in inside], cost)
            for i in fold:
                held[i] = weights.score(of[i].clues), of[i].asks
        best = max(best, *((f1([(s >= t, asks) for s, asks in held]), cost, t) for t in _THRESHOLDS))
    return best[1], best[2]


_THRESHOLDS = tuple(log(p / (1 - p)) for p in (0.36, 0.4, 0.44, 0.48, 0.52))


def _fitted(of: Sequence[Example], cost: float, threshold: float = 0.0) -> Weights:
    names = {name: i for i, name in enumerate(sorted({n for e in of for n in e.clues.names}))}
    pairs, grams, bias = len(names), len(names) + PAIRS, len(names) + PAIRS + BUCKETS
    rows = [
        Row(
            (
                tuple(sorted(names[n] for n in e.clues.names)),
                tuple(pairs + i for i in e.clues.pairs),
                tuple(sorted(grams + i for i in e.clues.grams)),
                (bias,),
            ),
            (*e.clues.scales, 1.0),
        )
        for e in of
    ]
    weights = fit(rows, [e.asks for e in of], bias + 1, cost)
    whole = [round(w / UNIT) for w in weights]
    return Weights(
        UNIT,
        round((weights[bias] - threshold) / UNIT),
        {n: whole[i] for n, i in names.items()},
        whole[pairs:grams],
        whole[grams:bias],
    )


def folds(of: Sequence[Example], count: int, seed: int) -> list[list[int]]:
    """Indices of `count` parts with as many asks in each."""
    parts: list[list[int]] = [[] for _ in range(count)]
    for asks in (False, True):
        order = [i for i, e in enumerate(of) if e.asks is asks]
        Random(seed).shuffle(order)
        for place, i in enumerate(order):
            parts[place % count].append(i)
    return [sorted(part) for part in parts]


def f1(said: Sequence[tuple[bool, bool]]) -> float:
    """Of (found, true) pairs."""
    hits = sum(found and true for found, true in said)
    return 2 * hits / max(1, sum(found for found, _ in said) + sum(true for _, true in said))


def written(weights: Weights, source: dict[str, Any]) -> str:
    """The file: what it is and comes from first, then plain numbers."""
    return (
        json.dumps(
            {
                "what": "whether a sentence asks something of its reader: log odds are unit × (bias + Σ weights × scale)",
                "version": 1,
                "made_by": "python -m tests.training",
                "data": [source],
                "unit": weights.unit,
                "bias": weights.bias,
                "names": weights.names,
                "pairs": weights.pairs,
                "grams": weights.grams,
            },
            separators=(",", ":"),
        )
        + "\n"
    )


def data_line(read: bytes) -> dict[str, Any]:
    """What the weights say of the data they came from."""
    return {**SOURCE, "sha256": sha256(read).hexdigest()}


def made() -> str:
    """The file's text, from all of the data."""
    return written(train(examples(*data())), data_line(_path().read_bytes()))
