"""How each classifier is made: which rows, how strongly held back. Settings were chosen by folds of the training data alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from service.domain.verdicts import Category
from tests.training.public import NOBODY, Labelled, Real
from tests.training.rows import category_row, junk_row
from tests.training.softmax import Row, Settings, fit
from tests.training.written import JO, Written

JUNK = Settings(traits=1e-4, words=3e-4)
CATEGORY = Settings(traits=5e-4, words=3e-3)
OWN_MAILS = 4.0
"""A written mail counts as much as this many public ones: there are few, and each stands for a kind."""
NEWSLETTERS = 5.0
"""Honest mass mail likewise: the corpus has little of it, and to lose it costs more than to see junk."""


def junk(rows: Sequence[Row]) -> dict[str, Any]:
    return fit(rows, ("ham", "spam"), JUNK)


def category(rows: Sequence[Row]) -> dict[str, Any]:
    return fit(rows, tuple(Category), CATEGORY)


def real_rows(mails: Iterable[Real]) -> list[Row]:
    return [
        junk_row(m.message, NOBODY, spam=m.spam, weight=NEWSLETTERS if "hard_ham" in m.subset else 1.0) for m in mails
    ]


def written_junk(mails: Iterable[Written]) -> list[Row]:
    return [junk_row(w.message, JO, spam=w.spam, weight=OWN_MAILS) for w in mails]


def labelled_rows(mails: Iterable[Labelled]) -> list[Row]:
    return [category_row(m.message, m.person, m.category) for m in mails]


def written_rows(mails: Iterable[Written]) -> list[Row]:
    return [replace(category_row(w.message, JO, w.category), weight=OWN_MAILS) for w in mails]
