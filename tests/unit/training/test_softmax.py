from __future__ import annotations

import json
import random

import pytest

pytest.importorskip("scipy", reason="training needs the group `train`")

from service.triage.linear import parsed
from service.triage.ngrams import buckets
from tests.training.softmax import Row, Settings, fit

SETTINGS = Settings(traits=1e-3, words=1e-3)
KINDS = {
    "ask": "please send review answer today",
    "news": "done merged shipped closed archive",
    "sale": "buy save offer price shop",
}


def generated(seed: int, count: int = 60) -> list[Row]:
    chance = random.Random(seed)
    rows = []
    for _ in range(count):
        label = chance.choice(sorted(KINDS))
        text = chance.choices(KINDS[label].split(), k=4) + chance.choices(["the", "a", "of", "it", "with", "and"], k=4)
        rows.append(Row({"asked": 1.0} if label == "ask" and chance.random() < 0.8 else {}, buckets(text), label))
    return rows


def test_training_twice_gives_the_same_bytes() -> None:
    first, second = (json.dumps(fit(generated(1), sorted(KINDS), SETTINGS)) for _ in range(2))
    assert first == second


def test_what_was_learnt_holds_for_mails_never_seen() -> None:
    model = parsed(fit(generated(1), sorted(KINDS), SETTINGS))
    right = 0
    for row in generated(2):
        scores = model.scores(row.named, row.words)
        right += model.classes[scores.index(max(scores))] == row.label
    assert right >= 57


def test_of_two_classes_the_second_alone_has_weights() -> None:
    rows = [row for row in generated(3) if row.label != "sale"]
    model = parsed(fit(rows, ("ask", "news"), SETTINGS))
    assert model.classes == ("news",)
    assert model.scores({}, buckets(("merged",)))[0] > 0 > model.scores({"asked": 1.0}, buckets(("please",)))[0]


def test_a_heavier_row_decides() -> None:
    words = buckets(("maybe",))
    rows = [Row({}, words, "ask"), Row({}, words, "news", weight=5.0)]
    assert parsed(fit(rows, ("ask", "news"), SETTINGS)).scores({}, words)[0] > 0
