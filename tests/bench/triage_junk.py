"""Junk among mails of later days and of senders that training never saw, with and without the headers of mailing lists."""

from __future__ import annotations

from collections.abc import Sequence

from service.triage.linear import Linear, parsed
from tests.bench.figures import Figure, report
from tests.bench.folds import Fold, f1, grouped
from tests.bench.triage_peer import predicted, text_of
from tests.training import recipes
from tests.training.public import Real, real
from tests.training.written import written


class Corpus:
    def __init__(self) -> None:
        self.mails = list(real())
        self.whole = recipes.real_rows(self.mails)
        self.bare = recipes.real_rows(real(list_headers=False))
        self.own = recipes.written_junk(written(later=False))
        self.spam = [m.spam for m in self.mails]

    def filtering(self, training: Sequence[int] | None = None) -> Linear:
        """Trained like the shipped filter, on these mails or on all."""
        of = range(len(self.mails)) if training is None else training
        return parsed(recipes.junk([*(self.whole[i] for i in of), *(self.bare[i] for i in of), *self.own]))


def measure(corpus: Corpus) -> None:
    for name, folds in (
        ("the later 40 %", [_by_time(corpus.mails)]),
        ("unseen senders, 5 folds", list(grouped([r.group for r in corpus.whole], 5))),
    ):
        _one(corpus, name, folds)


def _by_time(mails: Sequence[Real]) -> Fold:
    days = [m.message.arrived_at or m.message.sent_at for m in mails]
    cut = sorted(days)[int(len(days) * 0.6)]
    return [i for i, d in enumerate(days) if d < cut], [i for i, d in enumerate(days) if d >= cut]


def _one(corpus: Corpus, name: str, folds: Sequence[Fold]) -> None:
    truth, hard = [], []
    ours: dict[str, list[bool]] = {"": [], ", list headers removed": []}
    peer: list[bool] = []
    texts = [text_of(m.message) for m in corpus.mails]
    for training, unseen in folds:
        model = corpus.filtering(training)
        truth += [corpus.spam[i] for i in unseen]
        hard += ["hard_ham" in corpus.mails[i].subset for i in unseen]
        for rows, said in zip((corpus.whole, corpus.bare), ours.values(), strict=True):
            said += [recipes.spam_score(model, rows[i]) > 0 for i in unseen]
        labels = ["spam" if corpus.spam[i] else "ham" for i in training]
        peer += [p == "spam" for p in predicted([texts[i] for i in training], labels, [texts[i] for i in unseen])]
    print(f"junk, {name} ({len(truth):,} mails, {sum(truth)} junk, {sum(hard)} hard ham); TF-IDF+LR reads subject and text")
    for how, said in ours.items():
        mine, theirs = f1(truth, said), f1(truth, peer)
        report(Figure(f"  F1{how}", 100 * mine, 100 * theirs, "%", "above", mine > theirs))
        alarms, peers = _alarms(said, hard), _alarms(peer, hard)
        report(Figure(f"  hard-ham false alarms{how}", alarms, peers, "", "≤ 0.04", alarms <= 0.04))
        easy = [t or h for t, h in zip(truth, hard, strict=True)]
        report(Figure(f"  other false alarms{how}", _alarms(said, [not e for e in easy])))


def _alarms(said: Sequence[bool], of: Sequence[bool]) -> float:
    return sum(s and o for s, o in zip(said, of, strict=True)) / max(1, sum(of))
