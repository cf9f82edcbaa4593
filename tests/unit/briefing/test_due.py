from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.briefing.due import date_words, deadline, past_day, since_words
from service.domain.verdicts import When

ZURICH = ZoneInfo("Europe/Zurich")
MORNING = datetime(2026, 5, 12, 5, tzinfo=UTC)
"""Tuesday, 07:00 in Zurich."""


def said(now=MORNING, **when):
    return deadline(When("said", **when), now, ZURICH)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"at": datetime(2026, 5, 12, 15, tzinfo=UTC)}, "due today 17:00"),
        ({"at": datetime(2026, 5, 12, 4, tzinfo=UTC)}, "overdue since 06:00"),
        ({"on": date(2026, 5, 12)}, "due today"),
        ({"on": date(2026, 5, 13)}, "due tomorrow"),
        ({"on": date(2026, 5, 15)}, "due Friday"),
        ({"on": date(2026, 5, 21)}, "due 21 May"),
        ({"on": date(2026, 5, 11)}, "overdue since yesterday"),
        ({"on": date(2026, 5, 8)}, "overdue since Friday"),
        ({"on": date(2026, 5, 3)}, "overdue since 3 May"),
        ({"on": date(2027, 5, 12)}, "due 12 May 2027"),
    ],
)
def test_a_deadline_is_said_in_local_words(when, words):
    assert said(**when).words == words


def test_a_deadline_near_midnight_counts_the_local_day():
    assert said(at=datetime(2026, 5, 12, 22, 30, tzinfo=UTC)).words == "due tomorrow 00:30"


def test_no_time_named_or_none_settled_is_no_deadline():
    assert deadline(None, MORNING, ZURICH) is None
    assert said() is None


def test_the_bucket_changes_when_there_is_something_new_to_say():
    friday = date(2026, 5, 15)
    buckets = [said(MORNING + timedelta(days=n), on=friday).bucket for n in range(6)]
    assert buckets == ["2026-05-15", "2026-05-15", "tomorrow", "today", "overdue", "overdue"]


def test_the_past_is_said_by_clock_day_or_date():
    assert since_words(MORNING - timedelta(hours=1), MORNING, ZURICH) == "06:00"
    assert since_words(MORNING - timedelta(days=1), MORNING, ZURICH) == "yesterday 07:00"
    assert since_words(MORNING - timedelta(days=4), MORNING, ZURICH) == "Friday 07:00"
    assert since_words(MORNING - timedelta(days=9), MORNING, ZURICH) == "3 May"
    assert past_day(MORNING - timedelta(days=4), MORNING, ZURICH) == "on Friday"
    assert past_day(MORNING - timedelta(days=1), MORNING, ZURICH) == "yesterday"


def test_dates_are_long_or_short():
    assert date_words(date(2026, 5, 12)) == "Tuesday 12 May"
    assert date_words(date(2026, 5, 12), short=True) == "Tue 12 May"
