"""Said aloud: words only, in the length of a shower."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.briefing.render import to_script
from service.briefing.render.speech import say
from service.briefing.render.speech.script import LONGEST, WORDS_A_MINUTE
from tests.corpus import need
from tests.rendering_example import a_briefing, a_fact, a_meeting_brief, a_rich_morning, an_alert, hostile
from tests.unit.rendering import rows

SPEAKABLE = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ ,.?!'’-]*")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Dana asks: “Could you send it by Friday?”", "Dana asks, could you send it by Friday?"),
        ("Dana asks: Could you send it?", "Dana asks, could you send it?"),
        ("It ends at 17:00.", "It ends at five o'clock."),
        ("09:30", "Nine thirty."),
        ("09:05 and 18:30 and 00:00 and 12:00", "Nine oh five and six thirty in the evening and midnight and noon."),
        ("09:30–10:15", "Nine thirty to ten fifteen."),
        ("from 18:00 to 20:00", "From six to eight in the evening."),
        ("at 9:30 pm or 5 p.m.", "At nine thirty in the evening or five o'clock."),
        ("CHF 2.5m over 5 years", "Two point five million Swiss francs over five years."),
        ("€1,200.50, 99 USD, $1 and CHF 2–3m", "One thousand two hundred euros fifty, ninety-nine dollars, one dollar and two to three million Swiss francs."),
        ("up 4.5% or -3%", "Up four point five percent or minus three percent."),
        ("Tue 12 May", "Tuesday the twelfth of May."),
        ("Thu, 7 May 2026", "Thursday the seventh of May twenty twenty-six."),
        ("12–14 May", "The twelfth to the fourteenth of May."),
        ("May 5, 2026", "The fifth of May twenty twenty-six."),
        ("2026-05-12", "The twelfth of May twenty twenty-six."),
        ("by 12.05.2026", "By the twelfth of May twenty twenty-six."),
        ("the Q3 plan", "The third quarter plan."),
        ("Q3 2026", "The third quarter of twenty twenty-six."),
        ("ACME-231 blocks", "Acme two three one blocks."),
        ("the CFO and 3 VPs", "The C F O and three V Ps."),
        ("in #proj-atlas (14 replies)", "In proj atlas, fourteen replies."),
        ("write to r.lowe@atlas.example", "Write to r dot lowe at atlas dot example."),
        ("see https://x.example/a?b=1.", "See a link."),
        ("[the plan](https://x.example/plan) is out", "The plan is out."),
        ("1:1 with Tom 24/7", "One to one with Tom around the clock."),
        ("e.g. R&D vs. sales", "For example R and D versus sales."),
        ("done ✅ 🎉 → ship it", "Done to ship it."),
        ("3rd item, 1'000 rows, 1,204,000", "Third item, one thousand rows, one million two hundred four thousand."),
        ("30 min or 2h", "Thirty minutes or two hours."),
        ("it’s Łukasz Kovač", "It's Lukasz Kovac."),
        ("meet 李雷 now", "Meet words in another script now."),
        ("call +41 44 123 45 67", "Call plus four one four four one two three four five six seven."),
        ("aGVsbG8gd29ybGQgdGhpcyBpcyBhIHRva2VuIHRoYXQgaXM", "A code."),
        ("id 550e8400-e29b-41d4-a716-446655440000", "Id a code."),
        ("in project-atlas-launch-2026", "In project-atlas-launch two thousand and twenty-six."),
        ("👍", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_english_is_said_as_a_person_would(written: str, said: str) -> None:
    assert say(written) == said


@given(st.text(st.characters(exclude_categories=()), max_size=120) | st.from_regex(r"[0-9:.,'%€$£ -]{1,30}", fullmatch=True))
def test_any_string_becomes_words_only(text: str) -> None:
    for language in ("en", "de", "fr", "es", "pl", "xx"):
        assert SPEAKABLE.fullmatch(say(text, language)), (language, text)


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        (
            "de",
            "Termin um 09:30, 2,5 % von CHF 1'200",
            "Termin um neun Uhr dreißig, zwei Komma fünf Prozent von eintausendzweihundert Franken.",
        ),
        ("de", "bis 12.05.2026", "Bis zwölfte Mai."),
        ("fr", "à 14h30, 3 réunions", "À quatorze heures trente, trois réunions."),
        ("es", "a las 09:00 hay 2 cosas", "A las nueve hay dos cosas."),
    ],
)
def test_other_languages_say_their_own_figures(language: str, written: str, said: str) -> None:
    assert say(written, language) == said


@pytest.mark.corpus
def test_hostile_inputs_leave_nothing_but_words() -> None:
    for path in (*sorted(need("hostile_inputs").glob("*.jsonl")), need("exfil_render", "forms.jsonl")):
        for row in rows(path):
            text = row.get("input", row.get("llm_output", ""))
            script = to_script(hostile(text))
            for chapter in script.chapters:
                assert SPEAKABLE.fullmatch(chapter.text), row["id"]
                assert SPEAKABLE.fullmatch(chapter.title) or chapter.title, row["id"]


def test_an_ordinary_morning_takes_90_to_150_seconds() -> None:
    seconds = len(to_script(a_rich_morning()).text.split()) / WORDS_A_MINUTE * 60
    assert 90 <= seconds <= 150


def test_a_crowded_morning_is_trimmed_by_importance_and_says_so() -> None:
    many = tuple(a_fact(f"Fact {i} has quite a few words that take their time.", importance=i / 100) for i in range(99))
    script = to_script(a_rich_morning(sections=(("needs_you", many[:5]), ("slack", many))))
    assert len(script.text.split()) / WORDS_A_MINUTE * 60 <= LONGEST + 5
    assert "Fact ninety-eight" in script.text
    assert "Fact seven " not in script.text
    assert re.search(r"more things are in the written briefing", script.text)


def test_a_quiet_morning_is_short() -> None:
    assert to_script(a_briefing()).text.split("\n\n") == [
        "Good morning. It is Tuesday the twelfth of May. Nothing needs you today.",
        "That is all. Have a good Tuesday.",
    ]


def test_there_is_a_chapter_a_section() -> None:
    titles = [c.title for c in to_script(a_rich_morning()).chapters]
    assert titles == ["Good morning", "Needs you", "Meetings", "Waiting and commitments", "Slack and the rest", "Sign-off"]


def test_what_could_not_be_read_is_said_aloud() -> None:
    assert "I could not read crm." in to_script(a_rich_morning()).text


def test_a_fact_says_its_own_speech_and_its_time_once() -> None:
    facts = (a_fact("Atlas", label="09:30", speech="At 09:30 you meet Dana."), a_fact("Standup.", label="10:00"))
    said = to_script(a_briefing(sections=(("meetings", facts),))).text
    assert "At nine thirty you meet Dana. At ten o'clock, Standup." in said


def test_a_fact_with_words_of_its_own_does_not_hear_its_hours_again() -> None:
    fact = a_fact("Atlas", label="09:30–10:00", speech="At 09:30, Atlas with Dana.")
    said = to_script(a_briefing(sections=(("meetings", (fact,)),))).text
    assert "You have one meeting today. At nine thirty, Atlas with Dana." in said


def test_a_bare_link_is_not_said() -> None:
    join = a_fact("https://meet.example/abc-defg", label="Join")
    assert "link" not in to_script(a_meeting_brief(sections=(("when_where", (join, a_fact("Room Limmat."))),))).text


def test_the_titles_greeting_is_used_where_it_has_one() -> None:
    said = to_script(a_briefing(title="Good morning, Mara – Tuesday 12 May")).text
    assert said.startswith("Good morning, Mara. It is Tuesday the twelfth of May. Nothing needs you today.")


def test_sentences_are_short_enough_for_one_breath() -> None:
    words = [len(s.split()) for s in re.split(r"[.?!]\s", to_script(a_rich_morning()).text)]
    assert max(words) <= 24
    assert sum(words) / len(words) <= 12


def test_a_meeting_and_an_alert_are_said_too() -> None:
    meeting = to_script(a_meeting_brief())
    assert meeting.text.startswith("Your next meeting, Atlas round. Bring the signed term sheet.")
    assert meeting.text.endswith("That is all for this meeting.")
    assert to_script(an_alert()).text == "Support needs you.\n\nSven Aalto asks you in support whether the outage is over."


@pytest.mark.parametrize(("hour", "greeting"), [(5, "Good morning."), (12, "Good afternoon."), (18, "Good evening.")])
def test_the_greeting_knows_the_time(hour: int, greeting: str) -> None:
    briefing = a_briefing()
    assert to_script(replace(briefing, made_at=briefing.made_at.replace(hour=hour))).text.startswith(greeting)


@pytest.mark.parametrize(("language", "end"), [("de", "Einen guten Dienstag."), ("fr", "Bonne journée."), ("es", "un buen día.")])
def test_the_frame_is_in_the_persons_language(language: str, end: str) -> None:
    script = to_script(a_briefing(language=language))
    assert script.language == language
    assert script.text.endswith(end)
