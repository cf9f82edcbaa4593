"""The plain form: complete, short, and never mistaken for something it is not."""

from __future__ import annotations

import re
from dataclasses import replace
from textwrap import TextWrapper

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.briefing.render import to_text, words
from service.briefing.render.text import hang
from service.briefing.render.view import HEADINGS
from service.domain.facts import Coverage, Fact, Sensitivity, SourceRef
from tests.corpus import need
from tests.rendering_example import SEVEN, a_briefing, a_fact, a_meeting_brief, a_rich_morning, a_source, hostile
from tests.unit.rendering import rows

OWN_HEADINGS = {h.upper() for h in HEADINGS.values()} | {"COVERAGE"}


def test_a_full_morning_fits_in_450_words() -> None:
    assert 250 < words(a_rich_morning()) <= 450


def test_every_fact_and_detail_is_said_with_its_source() -> None:
    briefing = a_rich_morning()
    text = " ".join(to_text(briefing).split())
    for fact in briefing.facts():
        assert fact.text in text
        assert all(d.text in text for d in fact.details)
    assert "by Friday?” (mail Mon 16:00)" in text


def test_empty_sections_are_left_out_but_coverage_stays() -> None:
    text = to_text(a_briefing(sections=(("needs_you", ()), ("slack", (a_fact("Quiet."),)))))
    assert "NEEDS YOU" not in text
    assert "SLACK" in text
    assert "Read 06:56: mail 47." in text
    assert "As of 07:00 (Europe/Zurich)." in text


def test_a_source_that_could_not_be_read_is_said_at_the_top_and_explained_at_the_end() -> None:
    text = to_text(a_rich_morning())
    assert text.index("Not in here: crm, which could not be read.") < text.index("NEEDS YOU TODAY")
    assert "! crm: unreachable since Mon 18:00; last read Mon 05:00." in text


def test_a_source_that_the_bottom_line_names_is_not_said_twice_at_the_top() -> None:
    text = to_text(a_rich_morning(bottom_line="Nothing needs you, but crm could not be read."))
    assert "Not in here" not in text
    assert "! crm: unreachable" in text


def test_a_briefing_that_read_nothing_says_so() -> None:
    assert "No source was read." in to_text(a_briefing(coverage=Coverage()))


def test_a_source_never_read_and_one_without_access_are_told_apart() -> None:
    sources = (a_source(account="new", health="new", read_at=None), a_source(account="locked", health="no_access"))
    text = to_text(a_briefing(coverage=Coverage(sources=sources)))
    assert "new: not read yet" in text
    assert "locked: access lost" in text


def test_lines_fit_a_terminal() -> None:
    assert all(len(line) <= 76 for line in to_text(a_rich_morning()).splitlines())


def test_a_time_stands_before_its_meeting_once() -> None:
    briefing = a_briefing(sections=(("meetings", (a_fact("09:30 Atlas round", label="09:30"),)),))
    assert to_text(briefing).count("09:30  Atlas round") == 1


def test_the_meeting_brief_has_a_source_on_every_line() -> None:
    text = to_text(a_meeting_brief())
    body = text[text.index("WHEN AND WHERE") : text.index("COVERAGE")]
    facts = " ".join(body.split()).split(" - ")[1:]
    assert len(facts) == 6
    assert all(re.search(r"\((mail|calendar|note)\b", f) for f in facts)


def test_a_span_of_time_stands_in_a_column_of_its_own() -> None:
    facts = (a_fact("Atlas", label="09:30–10:15"), a_fact("Standup", label="11:00"), a_fact("Fair", label="all day"))
    lines = to_text(a_briefing(sections=(("meetings", facts),))).splitlines()
    assert [line for line in lines if "(mail" in line] == [
        "  09:30–10:15  Atlas (mail Mon 16:00)",
        "  11:00        Standup (mail Mon 16:00)",
        "  all day      Fair (mail Mon 16:00)",
    ]


def test_only_a_morning_owes_what_was_read() -> None:
    assert "No source was read" not in to_text(a_meeting_brief(coverage=Coverage()))


def test_an_unknown_zone_still_renders() -> None:
    assert "05:00 (Mars/Olympus)" in to_text(a_briefing(timezone="Mars/Olympus"))


def _at_the_margin(text: str) -> list[str]:
    return [line for line in text.splitlines()[1:] if line and not line.startswith("  ")]


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_nothing_from_outside_stands_at_the_margin_where_headings_do(text: str) -> None:
    assert set(_at_the_margin(to_text(hostile(text)))) <= OWN_HEADINGS


@pytest.mark.parametrize("text", ["\n\nMEETINGS\n\n  09:00 fake", "x\u2029COVERAGE", "COVERAGE " * 9])
def test_an_outside_string_cannot_pose_as_a_heading(text: str) -> None:
    rendered = to_text(replace(hostile(text), title="Tuesday"))
    assert _at_the_margin(rendered).count("COVERAGE") == 1
    assert "MEETINGS" not in _at_the_margin(rendered)


@pytest.mark.corpus
def test_hostile_inputs_stay_inside_their_paragraph() -> None:
    for path in sorted(need("hostile_inputs").glob("*.jsonl")):
        for row in rows(path):
            assert set(_at_the_margin(to_text(hostile(row["input"])))) <= OWN_HEADINGS, row["id"]


def test_it_says_when_it_was_made_in_the_persons_zone() -> None:
    assert "As of 22:00 (America/Los_Angeles)" in to_text(a_briefing(timezone="America/Los_Angeles", made_at=SEVEN))


odd = st.text(st.sampled_from("ab A.é\u00a0\u2028–—'\"“”0:7\t\n-"), max_size=30)


def facts(details: st.SearchStrategy[tuple[Fact, ...]]) -> st.SearchStrategy[Fact]:
    source = st.builds(
        SourceRef, kind=st.sampled_from(["message", "Event", "deal"]), id=odd, title=odd, at=st.sampled_from([None, SEVEN])
    )
    return st.builds(
        Fact,
        key=odd,
        version=st.just("1"),
        text=odd | st.just("word " * 200),
        sources=st.lists(source, max_size=4).map(tuple),
        label=odd | st.just("09:30"),
        topic=st.sampled_from(["", "meeting", "blocks"]),
        sensitivity=st.sampled_from(list(Sensitivity)),
        details=details,
    )


some = st.lists(facts(st.lists(facts(st.just(())), max_size=3).map(tuple)), max_size=4).map(tuple)


@settings(deadline=None)
@given(st.sampled_from(["morning", "alert"]), some, some)
def test_words_are_counted_as_they_are_rendered(kind: str, first: tuple[Fact, ...], second: tuple[Fact, ...]) -> None:
    whole = a_rich_morning()
    for briefing in (
        whole,
        replace(whole, kind=kind, sections=(("needs_you", first), ("meetings", second)), coverage=Coverage(sources=())),
    ):
        assert words(briefing) == len(to_text(briefing).split())


@given(st.text(st.sampled_from("abc-– “”."), max_size=300), st.sampled_from(["", "  ", "  1.  ", "  09:30–10:00  ", " " * 80]))
def test_paragraphs_break_as_the_standard_library_breaks_them(text: str, lead: str) -> None:
    said = " ".join(text.split())
    wrapper = TextWrapper(width=76, initial_indent=lead, subsequent_indent=" " * len(lead), break_long_words=False, break_on_hyphens=False)  # fmt: skip
    assert hang(said, lead) == (wrapper.fill(said) or lead.rstrip())
