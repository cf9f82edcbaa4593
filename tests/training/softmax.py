"""Multinomial logistic regression (Hastie et al., The Elements of Statistical Learning, 4.4) over named traits and hashed words.

The same rows in the same order give the same bytes: no chance is involved, and weights are rounded far above rounding errors.
"""

from __future__ import annotations

from base64 import b85encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from service.triage.linear import FORMAT, shared
from service.triage.ngrams import BUCKETS


@dataclass(frozen=True, slots=True)
class Row:
    named: Mapping[str, float]
    words: Sequence[int]
    label: str
    weight: float = 1.0
    group: str = ""  # rows of one group, as of one sender, are never on both sides of a fold
    newsletter: bool = False  # honest mass mail


@dataclass(frozen=True, slots=True)
class Settings:
    """How strongly weights are drawn towards nought; `seldom`: traits of fewer rows are left out."""

    traits: float
    words: float
    seldom: int = 2


def fit(rows: Sequence[Row], classes: Sequence[str], settings: Settings) -> dict[str, Any]:
    """The document that `linear.parsed` reads. Of two classes only the second has weights: how much more it is that one."""
    names = _names(rows, settings.seldom)
    x = _matrix(rows, names)
    rarity = _rarity(x, len(names))
    used = np.flatnonzero(np.diff(x.tocsc().indptr))
    x = (x @ sparse.diags(rarity))[:, used].tocsr()
    penalty = np.where(used < len(names), settings.traits, settings.words)
    labels = np.array([classes.index(r.label) for r in rows])
    weights = np.array([r.weight for r in rows])
    found, bias = _solve(x, labels, len(classes), weights / weights.sum(), penalty)
    whole = np.zeros((len(names) + BUCKETS, len(classes)))
    whole[used] = found * rarity[used, None]
    if len(classes) == 2:
        whole, bias, classes = whole[:, 1:] - whole[:, :1], bias[1:] - bias[:1], classes[1:]
    return _document(names, whole, bias, classes)


def _names(rows: Sequence[Row], seldom: int) -> list[str]:
    counts: dict[str, int] = {}
    for row in rows:
        for name in row.named:
            counts[name] = counts.get(name, 0) + 1
    return sorted(name for name, count in counts.items() if count >= seldom)


def _matrix(rows: Sequence[Row], names: Sequence[str]) -> Any:
    index = {name: i for i, name in enumerate(names)}
    cells = [
        (i, column, value)
        for i, row in enumerate(rows)
        for column, value in (
            *((index[n], v) for n, v in row.named.items() if n in index),
            *((len(names) + w, shared(row.words)) for w in row.words),
        )
    ]
    at, column, value = zip(*cells, strict=True)
    return sparse.csr_matrix((value, (at, column)), shape=(len(rows), len(names) + BUCKETS))


def _rarity(x: Any, named: int) -> Any:
    """Inverse document frequency, of words only."""
    counts = np.asarray((x != 0).sum(axis=0)).ravel()
    scale = np.log((1 + x.shape[0]) / (1 + counts)) + 1
    scale[:named] = 1
    return scale


def _solve(x: Any, labels: Any, classes: int, weights: Any, penalty: Any) -> tuple[Any, Any]:
    rows, columns = x.shape
    truth = np.zeros((rows, classes))
    truth[np.arange(rows), labels] = 1
    turned = x.T.tocsr()

    def loss(flat: Any) -> tuple[float, Any]:
        w, b = flat[:-classes].reshape(columns, classes), flat[-classes:]
        z = x @ w + b
        z -= z.max(axis=1, keepdims=True)
        logs = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        value = -(weights[:, None] * truth * logs).sum() + 0.5 * (penalty[:, None] * w * w).sum()
        wrong = (np.exp(logs) - truth) * weights[:, None]
        return value, np.concatenate([((turned @ wrong) + penalty[:, None] * w).ravel(), wrong.sum(axis=0)])

    start = np.zeros((columns + 1) * classes)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400, "ftol": 1e-10, "gtol": 1e-6}).x
    return found[:-classes].reshape(columns, classes), found[-classes:]


def _document(names: Sequence[str], whole: Any, bias: Any, classes: Sequence[str]) -> dict[str, Any]:
    words = whole[len(names) :]
    step = round(float(np.abs(words).max()) / 127, 6) or 1e-6
    packed = np.clip(np.rint(words.T / step), -127, 127).astype(np.int8)
    named = {name: [round(float(v), 3) for v in whole[i]] for i, name in enumerate(names)}
    return {
        "format": FORMAT,
        "classes": list(classes),
        "bias": [round(float(b), 3) for b in bias],
        "named": named,
        "buckets": BUCKETS,
        "step": step,
        "hashed": b85encode(packed.tobytes()).decode(),
    }
