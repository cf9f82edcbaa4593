from datetime import UTC, date, datetime

import pytest

from service.calendar.repetition import Repetition, TooMany
from service.calendar.rules import read_rule
from service.calendar.times import Unreadable

NINE = datetime(2026, 5, 4, 9, tzinfo=UTC)  # a Monday


def falls(rule: str, start=NINE, until: datetime | None = None) -> list[str]:
    high = until or datetime(2036, 1, 1)
    return [f"{at:%Y%m%d}" for at in Repetition(read_rule(rule), start).between(datetime(2000, 1, 1), high)]


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=FORTNIGHTLY",
        "INTERVAL=2",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=3;UNTIL=20270101T000000Z",
        "FREQ=DAILY;UNTIL=soon",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;UNTL=20270101",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYYEARDAY=367",
        "FREQ=MONTHLY;BYYEARDAY=1",
        "FREQ=MONTHLY;BYWEEKNO=1",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;WKST=MONDAY",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=DAILY;BYHOUR=9,,10",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "RSCALE=HEBREW;FREQ=YEARLY",
        "FREQ=DAILY;" + "X" * 5000,
    ],
)
def test_a_rule_against_rfc_5545_is_refused(rule):
    with pytest.raises(Unreadable):
        read_rule(rule)


def test_harmless_slips_are_read():
    assert read_rule("freq=weekly; byday=mo, we;") == read_rule("BYDAY=MO,WE;FREQ=WEEKLY;X-OWN=1")
    assert read_rule("FREQ=DAILY;COUNT=99999999999999999999").count


def test_a_start_that_the_rule_does_not_fall_on_is_no_instance():
    assert falls("FREQ=WEEKLY;BYDAY=TU;COUNT=2") == ["20260505", "20260512"]


def test_yearly_by_month_day_stays_in_the_month_of_its_start():
    assert falls("FREQ=YEARLY;BYMONTHDAY=-1;COUNT=2", datetime(2026, 2, 28, 9, tzinfo=UTC)) == ["20260228", "20270228"]


def test_set_positions_count_the_whole_first_week():
    wednesday = datetime(2026, 5, 6, 9, tzinfo=UTC)
    assert falls("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH;BYSETPOS=1,3;COUNT=3", wednesday) == ["20260506", "20260511", "20260513"]


def test_numbered_weeks_keep_the_weekday_of_their_start():
    assert falls("FREQ=YEARLY;BYWEEKNO=20;COUNT=2", datetime(2026, 5, 13, 9, tzinfo=UTC)) == ["20260513", "20270519"]


def test_interval_counts_from_the_start_wherever_the_window_is():
    rule = Repetition(read_rule("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,FR"), NINE)
    whole = list(rule.between(datetime(2026, 1, 1), datetime(2030, 1, 1)))
    assert list(rule.between(datetime(2029, 3, 1), datetime(2030, 1, 1))) == [at for at in whole if at >= datetime(2029, 3, 1)]


def test_until_as_a_date_includes_that_day():
    assert falls("FREQ=DAILY;UNTIL=20260506") == ["20260504", "20260505", "20260506"]


def test_dates_repeat_by_days_only():
    assert falls("FREQ=DAILY;BYHOUR=9,10;COUNT=2", date(2026, 5, 4)) == ["20260504", "20260505"]
    with pytest.raises(Unreadable):
        Repetition(read_rule("FREQ=HOURLY"), date(2026, 5, 4))


def test_every_second_is_counted_only_where_it_is_asked():
    rule = Repetition(read_rule("FREQ=SECONDLY"), NINE)
    assert len(list(rule.between(datetime(2030, 1, 1), datetime(2030, 1, 1, 0, 1)))) == 60
    with pytest.raises(TooMany):
        list(rule.between(datetime(2030, 1, 1), datetime(2031, 1, 1)))


def test_a_rule_that_never_falls_ends():
    assert falls("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=24") == []
    assert falls("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", datetime(2026, 2, 1, 9, tzinfo=UTC)) == []


def test_what_can_never_fall_together_is_refused():
    with pytest.raises(Unreadable):
        Repetition(read_rule("FREQ=HOURLY;INTERVAL=24;BYHOUR=4"), NINE)
