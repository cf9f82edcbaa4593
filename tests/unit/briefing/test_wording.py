import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.briefing.wording import clean, clip, count, lead, listed, quote, requote, sentence, spelt


@given(st.text())
def test_cleaned_text_is_one_visible_line(text):
    said = clean(text)
    assert said == said.strip()
    assert not {unicodedata.category(c) for c in said} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert clean(said) == said


def test_direction_and_zero_width_characters_are_gone():
    assert clean("pay\u202eme\u200b now\r\nplease\x00") == "payme now please"


@given(st.text(), st.integers(2, 200))
def test_clipped_text_is_never_longer(text, limit):
    assert len(clip(text, limit)) <= limit


def test_a_cut_falls_between_words_and_shows():
    assert clip("the signed term sheet for Atlas", 22) == "the signed term sheet…"


def test_marks_inside_a_quotation_do_not_end_it():
    assert quote("he said “no” twice") == "“he said ‘no’ twice”"


def test_quotations_in_a_sentence_are_shortened_alone():
    assert requote("Dana asks: “one two three four” — due today", 12) == "Dana asks: “one two…” — due today"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Hi Mara,\n\nThe server is down. Please look.", "The server is down."),
        ("Mara,\n\nWe lost the\ncontract today. Sorry.", "We lost the contract today."),
        ("Hello Mara, we signed!", "we signed!"),
        ("Dear all\n\nThe office is closed", "The office is closed"),
        ("Guten Tag Frau Keller,\nanbei die Offerte.", "anbei die Offerte."),
        ("Hi", ""),
        ("", ""),
        ("--- \n***", ""),
        ("Approved", "Approved"),
    ],
)
def test_the_lead_is_the_first_sentence_that_says_something(text, says):
    assert lead(text) == says


def test_numbers_and_lists_read_naturally():
    assert [count(1, "reply", "replies"), count(2, "reply", "replies")] == ["1 reply", "2 replies"]
    assert [spelt(4, "meeting"), spelt(31, "meeting")] == ["four meetings", "31 meetings"]
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_a_sentence_has_one_mark_at_its_end():
    assert sentence("dana asks: “When?”") == "Dana asks: “When?”"
    assert sentence("dana asks: “When” — due today") == "Dana asks: “When” — due today."
    assert sentence("tom@reed.example writes") == "tom@reed.example writes."
