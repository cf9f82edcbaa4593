"""Five categories on mails that training never saw: random folds, and whole sources left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from service.domain.verdicts import Category
from service.triage.brain import opinion
from service.triage.linear import Linear, parsed
from tests.bench.figures import Figure, report
from tests.bench.folds import Fold, interval, left_out, paired, stratified
from tests.bench.triage_peer import predicted, text_of
from tests.training import recipes
from tests.training.public import labelled
from tests.training.rows import a_reading, category_row
from tests.training.softmax import Row
from tests.training.written import written

REPEATS = 5


class Set:
    """The public mails and the written ones; of the latter none that was written after reading mistakes on the former."""

    def __init__(self, filtering: Linear) -> None:
        self.mails = list(labelled())
        self.labels = [m.category for m in self.mails]
        self.readings = [a_reading(m.message, m.person, filtering) for m in self.mails]
        self.rows = [category_row(r, label) for r, label in zip(self.readings, self.labels, strict=True)]
        self.texts = [text_of(m.message) for m in self.mails]
        own = list(written(later=False))
        self.own: list[Row] = recipes.written_rows(own, filtering)
        self.own_texts = [text_of(w.message) for w in own]

    def ours(self, fold: Fold) -> list[Category]:
        training, unseen = fold
        model = parsed(recipes.category([*(self.rows[i] for i in training), *self.own]))
        return [opinion(self.readings[i], model).category for i in unseen]

    def peer(self, fold: Fold, *, own: bool) -> list[Category]:
        training, unseen = fold
        texts = [self.texts[i] for i in training] + (self.own_texts if own else [])
        labels = [self.labels[i] for i in training] + ([Category(r.label) for r in self.own] if own else [])
        return [Category(c) for c in predicted(texts, labels, [self.texts[i] for i in unseen])]


def measure(filtering: Linear) -> None:
    cases = Set(filtering)
    for name, folds, reach in (
        (f"random folds, {REPEATS} times 10", [f for s in range(REPEATS) for f in stratified(cases.labels, 10, s)], 0.88),
        ("each source left out", list(left_out([m.source for m in cases.mails])), 0.75),
    ):
        _one(cases, name, folds, reach)
    bare = parsed(recipes.category(cases.own))
    said = [opinion(r, bare).category for r in cases.readings]
    report(Figure("five categories, trained on written mails alone", _share(said, cases.labels)))


def _one(cases: Set, name: str, folds: Sequence[Fold], reach: float) -> None:
    ours = _pooled(cases, folds, [cases.ours(f) for f in folds])
    print(f"five categories, {name} ({len(cases.mails)} mails)")
    for peer, own in (("TF-IDF+LR", False), ("TF-IDF+LR, with our written mails", True)):
        theirs = _pooled(cases, folds, [cases.peer(f, own=own) for f in folds])
        both = paired(_hits(ours, cases.labels), _hits(theirs, cases.labels))
        low, high = interval(_hits(ours, cases.labels))
        report(
            Figure(
                f"  accuracy [{low:.3f}, {high:.3f}]; {peer}",
                100 * both.ours,
                100 * both.peer,
                "%",
                f"≥ {100 * reach:.0f} %",
                both.ours >= reach,
            )
        )
        print(
            f"    gain {both.ours - both.peer:+.3f} [{both.low:+.3f}, {both.high:+.3f}], paired bootstrap p = {both.chance:.4f}"
        )
    recalls = [_recall(ours, cases.labels, c) for c in Category]
    worst = min(recalls)
    report(
        Figure("  macro recall", sum(recalls) / len(recalls), None, "", f"≥ {reach:.2f}", sum(recalls) / len(recalls) >= reach),
        Figure("  recall of the worst category", worst, None, "", "≥ 0.70", worst >= 0.7),
    )
    print("    " + ", ".join(f"{c} {r:.2f}" for c, r in zip(Category, recalls, strict=True)))
    precision = _precision(ours, cases.labels, Category.URGENT)
    report(
        Figure("  urgent recall", recalls[0], None, "", "≥ 0.93", recalls[0] >= 0.93),
        Figure("  urgent precision", precision, None, "", "≥ 0.75", precision >= 0.75),
    )


def _pooled(cases: Set, folds: Sequence[Fold], said: Iterable[Sequence[Category]]) -> list[list[Category]]:
    """Of each mail what was said of it each time it was unseen."""
    found: list[list[Category]] = [[] for _ in cases.mails]
    for (_, unseen), answers in zip(folds, said, strict=True):
        for i, answer in zip(unseen, answers, strict=True):
            found[i].append(answer)
    return found


def _hits(said: Sequence[Sequence[Category]], labels: Sequence[Category]) -> list[float]:
    return [sum(s is label for s in some) / len(some) for some, label in zip(said, labels, strict=True)]


def _recall(said: Sequence[Sequence[Category]], labels: Sequence[Category], of: Category) -> float:
    hits = [h for h, label in zip(_hits(said, labels), labels, strict=True) if label is of]
    return sum(hits) / len(hits)


def _precision(said: Sequence[Sequence[Category]], labels: Sequence[Category], of: Category) -> float:
    flagged = [label is of for some, label in zip(said, labels, strict=True) for s in some if s is of]
    return sum(flagged) / max(1, len(flagged))


def _share(said: Sequence[Category], labels: Sequence[Category]) -> float:
    return sum(s is label for s, label in zip(said, labels, strict=True)) / len(labels)
