from __future__ import annotations

import json
from array import array
from base64 import b85encode
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.verdicts import Category
from service.triage.linear import FORMAT, load, parsed
from service.triage.ngrams import BUCKETS, MOST, bucket, buckets


def document(step: float = 0.5, **fields: Any) -> dict[str, Any]:
    first, second = [0] * BUCKETS, [0] * BUCKETS
    first[bucket("yes")], second[bucket("yes")] = 4, -127
    hashed = b85encode(array("b", first + second).tobytes()).decode()
    return {
        "format": FORMAT, "buckets": BUCKETS, "classes": ["a", "b"], "bias": [0.25, 0], "named": {"due": [1.0, -1.0]},
        "step": step, "hashed": hashed,
    } | fields  # fmt: skip


def test_traits_and_words_add_up_for_each_class() -> None:
    model = parsed(document())
    assert model.scores({"due": 0.5, "unheard of": 9.0}, buckets(("yes",))) == [0.25 + 0.5 + 2, -0.5 - 63.5]
    assert model.scores({}, ()) == [0.25, 0]


def test_a_word_counts_less_among_many() -> None:
    words = buckets(("yes", "no", "perhaps", "never"))
    assert parsed(document()).scores({}, words)[0] == pytest.approx(0.25 + 2 / 2)


@given(st.lists(st.integers(0, BUCKETS - 1), min_size=1, max_size=MOST))
def test_the_extremes_of_one_class_do_not_reach_into_the_next(words: list[int]) -> None:
    extreme = array("b", [127] * BUCKETS + [-127] * BUCKETS).tobytes()
    model = parsed(document(1.0, bias=[0, 0], hashed=b85encode(extreme).decode()))
    assert model.scores({}, words) == pytest.approx([127 * len(words) ** 0.5, -127 * len(words) ** 0.5])


@pytest.mark.parametrize("wrong", [{"format": FORMAT + 1}, {"buckets": 16}])
def test_weights_for_other_code_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="train anew"):
        parsed(document(**wrong))


def test_numbers_count_by_their_length_and_names_as_one_word() -> None:
    assert bucket("2026") == bucket("1999") != bucket("20")
    assert buckets(("dana", "writes"), {"dana"}) == buckets(("mara", "writes"), {"mara"})


@pytest.mark.parametrize(("name", "classes"), [("category", tuple(Category)), ("junk", ("spam",))])
def test_shipped_weights_say_what_they_were_trained_on_and_hold_no_word_of_it(name: str, classes: tuple[str, ...]) -> None:
    written = json.loads(files("service.triage").joinpath("weights", f"{name}.json").read_text("utf-8"))
    assert all({"name", "address", "licence", "sha256"} <= set(source) for source in written["trained_on"])
    assert load(name).classes == classes
    assert not any(" " in trait for trait in written["named"])
