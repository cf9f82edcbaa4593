"""How each classifier is made: which rows, how much each counts, how strongly weights are held back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any
from zlib import crc32

from service.domain.verdicts import Category
from service.triage.linear import Linear, parsed
from tests.training.public import NOBODY, Labelled, Real
from tests.training.rows import a_reading, category_row, junk_row
from tests.training.softmax import Row, Settings, fit
from tests.training.written import JO, Written

JUNK = Settings(traits=1e-4, words=3e-4)
CATEGORY = Settings(traits=5e-4, words=3e-3)
OWN_MAILS = 3.0
"""As many public mails a written one counts for: there are few, and each stands for a kind. Of today, too, which the corpus is not."""
NEWSLETTERS = 8.0
"""Honest mass mail counts for more where junk is learnt: the corpus has little of it, and to lose it costs more than to see junk."""
FALSE_ALARMS = 0.04
"""The share of honest mass mail from unseen senders that may be taken for junk."""
_FOLDS = 5
SETTINGS = {
    "junk": asdict(JUNK) | {"own_mails": OWN_MAILS, "newsletters": NEWSLETTERS, "false_alarms": FALSE_ALARMS},
    "category": asdict(CATEGORY) | {"own_mails": OWN_MAILS},
}
"""What the file of weights says of how it was made; there is no seed, for nothing is left to chance."""


def junk(rows: Sequence[Row]) -> dict[str, Any]:
    """Where junk begins is found by folds of the same rows: so that no more than FALSE_ALARMS of honest mass mail is lost."""
    weighted = [replace(r, weight=NEWSLETTERS) if r.newsletter else r for r in rows]
    document = fit(weighted, ("ham", "spam"), JUNK)
    document["bias"] = [round(document["bias"][0] - _where_junk_begins(weighted), 3)]
    return document


def _where_junk_begins(rows: Sequence[Row]) -> float:
    scores: list[float] = []
    for fold in range(_FOLDS):
        inside = [r for r in rows if crc32(r.group.encode()) % _FOLDS == fold]
        if any(r.newsletter for r in inside):
            model = parsed(fit([r for r in rows if crc32(r.group.encode()) % _FOLDS != fold], ("ham", "spam"), JUNK))
            scores += [spam_score(model, r) for r in inside if r.newsletter]
    worst = sorted(scores, reverse=True)[int(len(scores) * FALSE_ALARMS) :]
    return max(0.0, worst[0]) if worst else 0.0


def spam_score(model: Linear, row: Row) -> float:
    """Above nought: junk."""
    return model.scores(row.named, row.words)[0]


def category(rows: Sequence[Row]) -> dict[str, Any]:
    """Every category counts the same, however many mails of it there are: who gets which kind of mail differs by person."""
    sums: dict[str, float] = {}
    for row in rows:
        sums[row.label] = sums.get(row.label, 0.0) + row.weight
    mean = sum(sums.values()) / len(sums)
    return fit([replace(r, weight=r.weight * mean / sums[r.label]) for r in rows], tuple(Category), CATEGORY)


def real_rows(mails: Iterable[Real]) -> list[Row]:
    return [replace(junk_row(m.message, NOBODY, spam=m.spam), newsletter="hard_ham" in m.subset) for m in mails]


def written_junk(mails: Iterable[Written]) -> list[Row]:
    return [replace(junk_row(w.message, JO, spam=w.spam), weight=OWN_MAILS) for w in mails]


def labelled_rows(mails: Iterable[Labelled], filtering: Linear | None = None) -> list[Row]:
    return [category_row(a_reading(m.message, m.person, filtering), m.category) for m in mails]


def written_rows(mails: Iterable[Written], filtering: Linear | None = None) -> list[Row]:
    return [replace(category_row(a_reading(w.message, JO, filtering), w.category), weight=OWN_MAILS) for w in mails]
