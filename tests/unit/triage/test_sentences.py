"""Where one sentence ends and the next begins."""

from __future__ import annotations

import pytest

from service.triage.sentences import split


@pytest.mark.parametrize(
    "said",
    [
        ["They want 30 days instead of 90.", "Do you accept that?"],
        ["Bitte bis zum 9. Mai antworten.", "Danke"],
        ["Wir treffen uns am 3. um 9.", "Kommst du?"],
        ["Das Büro liegt im 3. Stock.", "Gut?"],
        ["Kannst du am 5. oder 6. kommen?"],
        ["It is version 2.", "Please install it."],
        ["1. Please sign.", "2. Please return it."],
        ["Please ask Dr. Keller.", "She knows."],
    ],
)
def test_a_number_before_a_point_ends_a_sentence_unless_it_counts(said: list[str]) -> None:
    assert [s.text for s in split(" ".join(said))] == said


def test_the_points_of_a_list_stand_each_by_itself() -> None:
    assert [s.text for s in split("Please:\n1. Send the deck\n2. Call Tom")] == ["Please:", "1. Send the deck", "2. Call Tom"]
