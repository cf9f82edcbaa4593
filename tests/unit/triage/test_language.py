from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.triage.language import UNKNOWN, foreign, language
from service.triage.lexicon import words
from tests.unit.triage.cases import FOREIGN, SAID


@pytest.mark.parametrize("tongue", sorted(SAID))
def test_our_languages_are_told_apart(tongue: str) -> None:
    texts = [text for kind in SAID[tongue].values() for text in (*kind.yes, *kind.no)]
    wrong = [text for text in texts if language(words(text)) not in (tongue, UNKNOWN)]
    assert len(wrong) <= 0.02 * len(texts), wrong
    assert language(words(" ".join(texts))) == tongue


@pytest.mark.parametrize("tongue", sorted(FOREIGN))
def test_other_languages_are_none_of_ours(tongue: str) -> None:
    assert foreign(language(words(" ".join(FOREIGN[tongue]))))
    assert [text for text in FOREIGN[tongue] if language(words(text)) in SAID] == []


def test_a_word_or_two_leave_it_open() -> None:
    assert language(words("Xyzzy 42")) == UNKNOWN
    assert not foreign(UNKNOWN)


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    assert language(words(text))
