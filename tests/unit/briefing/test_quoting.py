from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.briefing.agenda import agenda
from service.briefing.entries import newest_entry
from service.briefing.quoting import sentences, telling, with_lead
from tests.builders import NOON


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        (
            "Hi Mara,\n\nHope you are well. Could you send the term sheet by Friday?\n\nBest\nDana",
            "Could you send the term sheet by Friday?",
        ),
        ("Dear all,\nwe agreed on a price of 2.4m on Tuesday.\nKind regards", "we agreed on a price of 2.4m on Tuesday."),
        ("# Call\n\n- [ ] Dana wants the shorter notice period\n- Tom was late", "Dana wants the shorter notice period"),
    ],
)
def test_the_telling_sentence_is_chosen(text: str, quote: str) -> None:
    found = telling(text)
    assert found
    assert found.shown == quote


def test_words_of_the_meeting_decide_between_sentences() -> None:
    text = "The office party was a success. The notice period was long. The weather was fine."
    assert str(telling(text, frozenset({"notice", "period"}))) == "“The notice period was long.”"


@pytest.mark.parametrize("text", ["", "\n\n", "Hi Mara,", "Thanks!", "...", "ok"])
def test_texts_that_say_nothing_are_not_quoted(text: str) -> None:
    assert telling(text) is None


def test_a_bare_closing_is_quoted_with_what_leads_to_it() -> None:
    text = "Hi,\n\nI've finished the plan for June. Looking forward to your feedback.\n\nBest"
    exact = "Looking forward to your feedback."
    found = with_lead(text, exact, text.index(exact))
    assert found.exact == "I've finished the plan for June. Looking forward to your feedback."


@given(st.text(max_size=400), st.integers(-1, 400), st.integers(0, 60))
def test_quotes_stand_in_their_text_exactly(text: str, offset: int, length: int) -> None:
    assert all(s in text for s in sentences(text))
    found = telling(text)
    assert found is None or found.exact in text
    exact = text[max(offset, 0) : max(offset, 0) + length]
    assert with_lead(text, exact, offset).exact in text


@given(st.lists(st.sampled_from([".", "?", "!", " ", "\n", "a", "…", "”", "-"]), max_size=3000).map("".join))
def test_punctuation_without_end_takes_no_time(text: str) -> None:
    list(sentences(text))


@pytest.mark.parametrize(
    ("description", "what"),
    [
        ("<p>Decide on the <b>notice period</b>.</p><br>Join Zoom Meeting", "Decide on the notice period."),
        ("Agenda:\n1. Price of the round\n2. Dates", "1. Price of the round 2. Dates"),
        ("________________\nMicrosoft Teams meeting\nJoin on your computer", None),
        ("https://meet.example/abc", None),
        ("", None),
    ],
)
def test_an_agenda_is_the_invitation_without_its_dial_in(description: str, what: str | None) -> None:
    found = agenda(description)
    assert (found.shown if found else None) == what


def test_the_newest_entry_of_a_running_note() -> None:
    notes = "2026-05-03: Saw the demo. 2026-05-09: Had a call. 2026-04-01: Met in person. 2026-99-99: nonsense"
    entry = newest_entry(notes, frozenset(), NOON.date())
    assert entry
    assert entry.quote.exact == "Had a call."
    assert newest_entry("2027-01-01: later", frozenset(), NOON.date()) is None
    assert newest_entry("", frozenset(), NOON.date()) is None
