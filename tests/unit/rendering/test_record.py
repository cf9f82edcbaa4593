"""The JSON form and what others may see."""

from __future__ import annotations

import json
from datetime import timedelta

from service.briefing.render import to_html, to_json, to_notice, to_script, to_text, without_private
from service.domain.delivery import Audience
from service.domain.facts import Coverage, Sensitivity, SourceRef
from service.domain.speech import Recording
from tests.rendering_example import SEVEN, a_briefing, a_fact, a_meeting_brief, a_rich_morning, a_source, an_alert, hostile

MORNING = ["needs_you", "meetings", "waiting", "commitments", "slack", "rest"]


def test_a_morning_always_has_its_six_sections() -> None:
    assert list(to_json(a_briefing())["sections"]) == MORNING
    assert list(to_json(a_meeting_brief())["sections"]) == ["when_where", "people", "last_said", "open", "changed"]
    assert list(to_json(an_alert())["sections"]) == ["alert"]


def test_a_fact_carries_everything_a_program_asks_for() -> None:
    fact = to_json(a_rich_morning())["sections"]["meetings"][0]
    keys = "key version text label sources people at importance topic basis sensitivity why details"
    assert set(fact) == set(keys.split())
    assert fact["at"] == "2026-05-12T07:30:00+00:00"
    assert fact["basis"] == "stated"
    assert fact["details"][1]["sources"][0]["kind"] == "note"
    assert set(fact["sources"][0]) == {"kind", "id", "title", "url", "quote", "at"}


def test_coverage_says_what_was_read_and_what_was_not() -> None:
    coverage = to_json(a_rich_morning())["coverage"]
    assert set(coverage) == {"sources", "since", "until", "suppressed", "missed", "notes"}
    assert coverage["suppressed"] == {"newsletters": 31, "muted": 7}
    assert [s["account"] for s in coverage["sources"] if s["health"] != "ok"] == ["crm"]


def test_it_survives_a_round_trip() -> None:
    record = to_json(a_rich_morning())
    assert json.loads(json.dumps(record)) == record


def _everything(briefing, audience: Audience) -> str:
    notice = to_notice(briefing, audience)
    return " ".join([notice.subject, notice.text, notice.short, notice.html, *(f.data.decode() for f in notice.files)])


def test_others_see_nothing_private_anywhere() -> None:
    secret = a_fact("Zebulon surgery at the clinic.", sensitivity=Sensitivity.PRIVATE, label="15:00", sources=())
    detail = a_fact("Zebulon insurance.", sensitivity=Sensitivity.PRIVATE)
    briefing = a_rich_morning(
        bottom_line="Zebulon surgery at 15:00.",
        subject="Zebulon day",
        sections=(("meetings", (secret, a_fact("Standup.", details=(detail,)))),),
        coverage=Coverage(sources=(a_source(examples=("Zebulon.eml",), problems=1, error="Zebulon"),), missed=("Zebulon brief",)),
    )
    assert "Zebulon" not in _everything(briefing, Audience.OTHERS)
    assert "Zebulon" in _everything(briefing, Audience.PERSON)


def test_counts_are_made_again_without_the_private_ones() -> None:
    public = without_private(a_rich_morning())
    assert public.subject == "Tue 12 May · 3 need you · 3 meetings"
    assert public.bottom_line == "3 need you and 3 meetings."
    assert len(public.section("meetings")) == 3


def test_a_briefing_without_private_facts_keeps_its_words() -> None:
    briefing = a_meeting_brief()
    assert without_private(briefing).bottom_line == briefing.bottom_line
    assert without_private(briefing).sections == briefing.sections


def test_a_private_meeting_has_no_title_for_others() -> None:
    secret = a_fact("10:00, clinic.", sensitivity=Sensitivity.PRIVATE)
    public = without_private(a_meeting_brief(title="Clinic", sections=(("when_where", (secret,)), ("open", (a_fact("Tea."),)))))
    assert public.title == "A private matter"
    assert "Clinic" not in public.subject


def test_names_are_stable_and_tell_briefings_apart() -> None:
    names = [f.name for f in to_notice(a_rich_morning(), Audience.PERSON).files]
    assert names == [f"morning-2026-05-12.{ending}" for ending in ("html", "txt", "speech.txt", "json")]
    meeting = to_notice(a_meeting_brief(), Audience.PERSON).files[0].name
    assert meeting == "meeting-2026-05-12-0930-atlas-round.html"
    one, other = (to_notice(an_alert(sections=(("alert", (a_fact(key=k),)),)), Audience.PERSON).files[0].name for k in "ab")
    assert one != other
    assert to_notice(a_rich_morning(), Audience.OTHERS).files[0].name == "morning-2026-05-12-shared.html"


def test_two_pushes_of_one_day_do_not_share_a_name() -> None:
    early, late = (
        to_notice(
            a_meeting_brief(kind="push", sections=(("when_where", (a_fact(at=SEVEN + timedelta(hours=h)),)),)), Audience.PERSON
        )
        for h in (1, 2)
    )
    assert early.files[0].name == "push-2026-05-12-0800-atlas-round.html"
    assert late.files[0].name != early.files[0].name


def test_a_title_from_outside_cannot_leave_the_folder() -> None:
    for title in ("../../etc/passwd", "..\\..\\x", "a\0b", "CON", "é" * 300, "/"):
        for file in to_notice(a_meeting_brief(title=title), Audience.PERSON).files:
            assert not set(file.name) & set("/\\\0: ")
            assert file.name.startswith("meeting-2026-05-12-")
            assert len(file.name) < 100


def test_the_recording_comes_along() -> None:
    recording = Recording(b"ID3", "audio/mpeg", SEVEN - SEVEN, ())
    audio = to_notice(a_briefing(), Audience.PERSON, recording).files[-1]
    assert (audio.role, audio.name, audio.media_type, audio.data) == ("audio", "morning-2026-05-12.mp3", "audio/mpeg", b"ID3")


def test_a_push_has_two_lines_and_says_the_one_thing() -> None:
    notice = to_notice(a_rich_morning(), Audience.PERSON)
    assert notice.short.splitlines() == [
        "Tue 12 May · 3 need you · 4 meetings",
        "Decide on the Basel lease before 17:00, and bring Dana the signed term sheet at 09:30.",
    ]
    assert to_notice(an_alert(), Audience.PERSON).short.splitlines()[1].startswith("Sven Aalto asks you in #support")


def test_a_subject_from_outside_is_one_line() -> None:
    notice = to_notice(hostile("Hi\r\nBcc: all@x.example"), Audience.PERSON)
    assert notice.subject == "Hi Bcc: all@x.example"
    assert len(notice.short.splitlines()) <= 2


def test_rendering_is_the_same_each_time() -> None:
    briefing = a_rich_morning()
    for render in (to_text, to_html, to_script, to_json):
        assert render(briefing) == render(briefing)


def test_lone_surrogates_still_make_files() -> None:
    ref = SourceRef("message", "m", "\ud800", quote="\udfff")
    notice = to_notice(a_briefing(sections=(("slack", (a_fact("\ud800", sources=(ref,)),)),)), Audience.PERSON)
    assert all(f.data.decode("utf-8") for f in notice.files)
