"""Requests: sentence by sentence in folds that the training never saw, beside TF-IDF; in bulk mail; in our own written cases."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from math import log
from random import Random

from service.domain.people import Person
from service.triage import Triage
from service.triage.requests import judged
from service.triage.sentences import sentence
from tests.bench.figures import RIGHT, Figure, report
from tests.builders import a_message, a_person
from tests.corpus import CORPUS
from tests.training.asking import data, examples, f1, folds, train
from tests.training.public import real
from tests.unit.triage.cases import KINDS, SAID, UNSEEN

_FOLDS, _SEED = 10, 11
_DRAWS = 2_000


def main() -> None:
    if not (CORPUS / "email_intent").exists():
        print(f"  no public data at {CORPUS}")
        return
    _own()
    _sentences()
    _bulk()


def _own() -> None:
    """Requests and promises in our own sentences, F1: those the word lists were made beside, and those written afterwards."""
    triage = Triage(a_person())
    for name, cases in (("", SAID), (", unseen", UNSEEN)):
        for kind in KINDS:
            for tongue, kinds in cases.items():
                texts = [(text, True) for text in kinds[kind].yes] + [(text, False) for text in kinds[kind].no]
                said = [(bool(getattr(triage.judge(a_message(text=text, subject="")), kind)), right) for text, right in texts]
                report(Figure(f"{kind} in {tongue}{name}: F1 of {len(texts)}", f1(said), None, RIGHT))


def _sentences() -> None:
    texts, labels = data()
    of = examples(texts, labels)
    parts = folds(of, _FOLDS, _SEED)
    score, verdict = [False] * len(of), [False] * len(of)
    for part in parts:
        held = set(part)
        weights = train([e for i, e in enumerate(of) if i not in held])
        for i in part:
            score[i] = weights.score(of[i].clues) >= 0
            verdict[i] = judged(sentence(texts[i], 0), (), learned=True, weights=weights) is not None
    peer = _tfidf(texts, labels, parts)
    _compare("requests, sentence by sentence: F1", score, peer, labels)
    _compare("requests, as a message's verdict says: F1", verdict, peer, labels)


def _compare(name: str, ours: Sequence[bool], peer: Sequence[bool] | None, labels: Sequence[bool]) -> None:
    mine = f1(list(zip(ours, labels, strict=True)))
    theirs = f1(list(zip(peer, labels, strict=True))) if peer else None
    report(Figure(name, mine, theirs, RIGHT, target="≥ 0.03 above" if theirs else ""))
    gain, low, high = _bootstrap(ours, peer or ours, labels)
    print(
        f"  95 % {_interval(ours, labels)}"
        + (f", gain {gain:+.3f} (paired bootstrap 95 % {low:+.3f} to {high:+.3f})" if peer else "")
    )


def _interval(said: Sequence[bool], labels: Sequence[bool]) -> str:
    low, high = _spread(len(labels), lambda draw: f1([(said[i], labels[i]) for i in draw]))
    return f"{low:.3f} to {high:.3f}"


def _bootstrap(ours: Sequence[bool], peer: Sequence[bool], labels: Sequence[bool]) -> tuple[float, float, float]:
    def gain(draw: Sequence[int]) -> float:
        return f1([(ours[i], labels[i]) for i in draw]) - f1([(peer[i], labels[i]) for i in draw])

    return (gain(range(len(labels))), *_spread(len(labels), gain))


def _spread(size: int, of: Callable[[Sequence[int]], float]) -> tuple[float, float]:
    draw = Random(_SEED)
    values = sorted(of(draw.choices(range(size), k=size)) for _ in range(_DRAWS))
    return values[_DRAWS // 40], values[-_DRAWS // 40]


def _tfidf(texts: Sequence[str], labels: Sequence[bool], parts: Sequence[Sequence[int]]) -> list[bool] | None:
    """One and two words, the cost and the threshold chosen inside each training part as ours are. None without scikit-learn."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import cross_val_predict
    except ModuleNotFoundError:
        print("  the peer needs scikit-learn: uv sync --group bench", file=sys.stderr)
        return None
    said = [False] * len(texts)
    for part in parts:
        held = set(part)
        inside = [i for i in range(len(texts)) if i not in held]
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        seen, right = words.fit_transform([texts[i] for i in inside]), [labels[i] for i in inside]
        best = (0.0, 0.0, 0.0)
        for cost in (1.0, 3.0, 10.0, 30.0):
            found = cross_val_predict(LogisticRegression(C=cost, max_iter=1000), seen, right, cv=3, method="decision_function")
            best = max(
                best, *((f1([(bool(s >= t), r) for s, r in zip(found, right, strict=True)]), cost, t) for t in _THRESHOLDS)
            )
        model = LogisticRegression(C=best[1], max_iter=1000).fit(seen, right)
        for i, s in zip(part, model.decision_function(words.transform([texts[i] for i in part])), strict=True):
            said[i] = bool(s >= best[2])
    return said


_THRESHOLDS = tuple(log(p / (1 - p)) for p in (0.36, 0.4, 0.44, 0.48, 0.52))


def _bulk() -> None:
    """Read as the one it was sent to, who is then spoken to directly; a list's members as well."""
    counts = {"bulk mail": [0, 0], "  of it newsletters and notices": [0, 0]}
    for mail in real():
        hard = "hard" in mail.subset
        if mail.spam or not (mail.bulk or hard):
            continue
        reader = Person("me", "Some Body", tuple(a.email for a in mail.message.to[:1]))
        verdict = Triage(reader).judge(mail.message)
        asks = any(r.of_me for r in (*verdict.requests, *verdict.hints))
        for name in list(counts)[: 2 if hard else 1]:
            counts[name][0] += 1
            counts[name][1] += asks
    for name, (seen, asking) in counts.items():
        report(Figure(f"{name}: {seen}, said to ask the reader", 100 * asking / seen, None, "%", "≤ 2 %", asking / seen <= 0.02))


if __name__ == "__main__":
    main()
