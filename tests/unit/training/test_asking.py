from __future__ import annotations

import json

from service.triage.likelihood import Weights
from tests.training.asking import FILE, SOURCE, data_line, examples, f1, folds, train, written
from tests.training.regression import Row, fit

TEXTS = [f"{opening} {thing}{end}" for opening, end in (("Please send me", "."), ("Could you check", "?"), ("We have sold", "."), ("He likes", "!"))
         for thing in ("the report", "a house", "three boats", "our plan", "the list", "her bike")]  # fmt: skip
LABELS = [text.startswith(("Please", "Could")) for text in TEXTS]


def test_training_twice_gives_the_same_bytes() -> None:
    once, twice = (written(train(examples(TEXTS, LABELS)), data_line(b"")) for _ in range(2))
    assert once == twice


def test_what_was_learned_holds_for_what_was_not_seen() -> None:
    weights = train(examples(TEXTS, LABELS))
    said = [weights.score(e.clues) >= 0 for e in examples(["Could you check the boats?", "He likes the report!"], [True, False])]
    assert said == [True, False]


def test_no_words_of_the_data_are_in_the_weights() -> None:
    weights = train(examples(TEXTS, LABELS))
    assert "boats" not in written(weights, data_line(b""))


def test_the_shipped_weights_name_their_data() -> None:
    shipped = json.loads(FILE.read_text(encoding="utf-8"))
    assert shipped["data"][0].items() >= SOURCE.items()
    assert len(shipped["data"][0]["sha256"]) == 64
    assert all(isinstance(w, int) for w in (*shipped["names"].values(), *shipped["pairs"], *shipped["grams"]))


def test_the_regression_finds_the_minimum() -> None:
    """Of |w|²/2 + Σ log(1 + exp(-y·w)), with one feature and labels three to one: where w = 3σ(-w) - σ(w)."""
    rows = [Row(((0,),), (1.0,))] * 4
    (weight,) = fit(rows, [True, True, True, False], 1, cost=1.0)
    assert abs(weight - _root()) < 1e-3


def _root() -> float:
    from math import exp

    w = 0.0
    for _ in range(200):
        w += 0.2 * (3 / (1 + exp(w)) - 1 / (1 + exp(-w)) - w)
    return w


def test_folds_hold_each_sentence_once_and_as_many_asks() -> None:
    of = examples(TEXTS, LABELS)
    parts = folds(of, 4, seed=1)
    assert sorted(i for part in parts for i in part) == list(range(len(of)))
    assert {sum(of[i].asks for i in part) for part in parts} == {3}


def test_f1_of_nothing_found_is_nothing() -> None:
    assert f1([(False, True), (False, False)]) == 0
    assert f1([(True, True), (False, False)]) == 1


def test_unknown_features_weigh_nothing() -> None:
    (example,) = examples(["Please send it."], [True])
    assert Weights(1.0, 3, {}, [0] * 4096, [0] * 32768).score(example.clues) == 3
