from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.triage.dates import Mention, mentions
from service.triage.sentences import sentence
from tests.bench.bench_dates import ours
from tests.builders import NOON
from tests.unit.triage.cases import dated

ZURICH = ZoneInfo("Europe/Zurich")


def found(text: str, sent_at: datetime = NOON) -> tuple[Mention, ...]:
    """As read in Zurich, sent on Tuesday 12 May 2026 at noon there."""
    return mentions(sentence(text, 0), sent_at, ZURICH)


@pytest.mark.parametrize(
    ("text", "words", "on"),
    [
        ("Please send it by Friday.", "Friday", date(2026, 5, 15)),
        ("Let us meet next Friday", "next Friday", date(2026, 5, 22)),
        ("It is due today", "today", date(2026, 5, 12)),
        ("by EOD", "EOD", date(2026, 5, 12)),
        ("Need it by COB Thursday", "COB Thursday", date(2026, 5, 14)),
        ("by end of day June 28.", "end of day June 28", date(2026, 6, 28)),
        ("see you tomorrow morning", "tomorrow morning", date(2026, 5, 13)),
        ("on 12 May", "12 May", date(2026, 5, 12)),
        ("by 3rd of June", "3rd of June", date(2026, 6, 3)),
        ("on May 28th, 2027", "May 28th, 2027", date(2027, 5, 28)),
        ("from 2026-05-20 on", "2026-05-20", date(2026, 5, 20)),
        ("before the 15th", "the 15th", date(2026, 5, 15)),
        ("on 5/28/2026", "5/28/2026", date(2026, 5, 28)),
        ("am 12.06.2026", "12.06.2026", date(2026, 6, 12)),
        ("bis zum 20. Mai", "20. Mai", date(2026, 5, 20)),
        ("bis Freitag", "Freitag", date(2026, 5, 15)),
        ("avant le 3 juin", "3 juin", date(2026, 6, 3)),
        ("d'ici vendredi", "vendredi", date(2026, 5, 15)),
        ("antes del 15 de mayo", "15 de mayo", date(2026, 5, 15)),
        ("by the end of the week", "end of the week", date(2026, 5, 15)),
        ("in January", "", None),
    ],
)
def test_dates_in_words_become_local_dates(text: str, words: str, on: date | None) -> None:
    assert [(m.span.text, m.when.on) for m in found(text)] == ([(words, on)] if words else [])


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("by 3pm", datetime(2026, 5, 12, 13, 0, tzinfo=UTC)),
        ("at 9am", datetime(2026, 5, 13, 7, 0, tzinfo=UTC)),
        ("today at 17:30", datetime(2026, 5, 12, 15, 30, tzinfo=UTC)),
        ("Friday, 15 May 2026 at 3:30 pm PT", datetime(2026, 5, 15, 22, 30, tzinfo=UTC)),
        ("Wednesday @ 10:00 AM ET", datetime(2026, 5, 13, 14, 0, tzinfo=UTC)),
        ("2026-05-20T14:00Z", datetime(2026, 5, 20, 14, 0, tzinfo=UTC)),
        ("within two hours", NOON + timedelta(hours=2)),
        ("within the hour", NOON + timedelta(hours=1)),
        ("am 15.05.2026 um 9 Uhr", datetime(2026, 5, 15, 7, 0, tzinfo=UTC)),
        ("demain à 15h30", datetime(2026, 5, 13, 13, 30, tzinfo=UTC)),
        ("by noon tomorrow", datetime(2026, 5, 13, 10, 0, tzinfo=UTC)),
        ("Thursday 2-3pm", datetime(2026, 5, 14, 12, 0, tzinfo=UTC)),
    ],
)
def test_clock_times_become_moments(text: str, at: datetime) -> None:
    assert [m.when.at for m in found(text)] == [at]


@pytest.mark.parametrize("text", ["by 03/04", "by 02/03/2026", "on the 31st of June"])
def test_what_may_mean_two_days_or_none_stays_open(text: str) -> None:
    assert [(m.when.on, m.when.at) for m in found(text)] == [(None, None)]


def test_a_weekday_settles_the_order_of_day_and_month() -> None:
    assert [m.when.on for m in found("on Monday 11/5/2026")] == [date(2026, 5, 11)]


@pytest.mark.parametrize(
    "text", ["The sun sat low", "3/4 of 16:9", "version 1.2.3", "$5/12", "You may march on", "second to none", "room 12:3"]
)
def test_no_dates_are_invented(text: str) -> None:
    assert found(text) == ()


def test_a_deadline_next_week_lasts_until_its_friday() -> None:
    (mention,) = found("We will get back to you next week")
    assert mention.when.on == date(2026, 5, 18)
    assert mention.due.on == date(2026, 5, 22)


def test_a_date_without_a_year_is_the_nearest() -> None:
    assert [m.when.on for m in found("by January 10", datetime(2026, 12, 20, tzinfo=UTC))] == [date(2027, 1, 10)]


def test_today_is_today_where_the_reader_lives() -> None:
    late = datetime(2026, 5, 12, 23, 30, tzinfo=UTC)  # already Wednesday in Zurich
    assert [m.when.on for m in found("by EOD today", late)] == [date(2026, 5, 13)]


@given(st.text(alphabet="0123456789/:.-, apmthndMayFri tomorrow Uhr h", max_size=80))
def test_words_stand_where_they_are_said_to(text: str) -> None:
    for mention in found(text):
        assert text[mention.span.offset : mention.span.offset + len(mention.span.text)] == mention.span.text


@pytest.mark.parametrize("tongue", ["en", "de", "fr", "es"])
def test_dates_in_four_languages(tongue: str) -> None:
    cases = [case for case in dated() if case.language == tongue]
    wrong = [(case.text, ours(case)) for case in cases if ours(case) != case.expected]
    assert len(cases) >= 40
    assert len(wrong) <= 0.05 * len(cases), wrong
    assert [said for text, said in wrong if said not in ("-", "?")] == []


@pytest.mark.parametrize(
    ("sent_at", "on"),
    [(datetime(2026, 5, 14, 10, tzinfo=UTC), None), (datetime(2026, 5, 12, 10, tzinfo=UTC), date(2026, 5, 22))],
    ids=["on Thursday", "on Tuesday"],
)
def test_next_friday_may_be_tomorrow_on_a_thursday(sent_at: datetime, on: date | None) -> None:
    assert [m.when.on for m in found("Let us meet next Friday", sent_at)] == [on]


@pytest.mark.parametrize(
    ("text", "on", "at"),
    [
        ("Thursday at 10", None, datetime(2026, 5, 14, 8, tzinfo=UTC)),
        ("Thursday at 3", date(2026, 5, 14), None),
        ("Thursday at 3 pm", None, datetime(2026, 5, 14, 13, tzinfo=UTC)),
        ("Thursday afternoon at 3", None, datetime(2026, 5, 14, 13, tzinfo=UTC)),
        ("Thursday at 10 o'clock", None, datetime(2026, 5, 14, 8, tzinfo=UTC)),
        ("Thursday at 10%", date(2026, 5, 14), None),
    ],
)
def test_an_hour_without_minutes_is_said_as_far_as_it_is_sure(text: str, on: date | None, at: datetime | None) -> None:
    assert [(m.when.on, m.when.at) for m in found(text)] == [(on, at)]
