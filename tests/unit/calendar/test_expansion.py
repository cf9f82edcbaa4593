from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.calendar.expansion import expand
from service.calendar.reading import read
from service.calendar.recurring import MOST_INSTANCES
from tests.unit.calendar.calendars import an_ics, instant, shown, starts

WEEKLY = "UID:a\nDTSTART;TZID=Europe/Zurich:20260504T100000\nDTEND;TZID=Europe/Zurich:20260504T110000\nRRULE:FREQ=WEEKLY;COUNT=5\nSUMMARY:Weekly"


def ids(data: bytes, **window) -> list[str]:
    return [e.id for e in shown(data, **window)[0]]


def test_a_moved_instance_keeps_its_id():
    moved = "UID:a\nRECURRENCE-ID:20260511T080000Z\nDTSTART;TZID=Europe/Zurich:20260513T150000\nDURATION:PT2H\nSUMMARY:Moved"
    events, _ = shown(an_ics(WEEKLY, moved), end="2026-05-20")
    assert [(e.id, e.title) for e in events] == [
        ("a/20260504T080000Z", "Weekly"),
        ("a/20260511T080000Z", "Moved"),
        ("a/20260518T080000Z", "Weekly"),
    ]
    assert (events[1].start_at, events[1].end_at) == (instant("2026-05-13T13:00"), instant("2026-05-13T15:00"))


def test_an_instance_moved_into_the_window_is_shown_and_one_moved_out_is_not():
    moved = "UID:a\nRECURRENCE-ID:20260511T080000Z\nDTSTART:20260715T080000Z"
    assert ids(an_ics(WEEKLY, moved), start="2026-07-01", end="2026-08-01") == ["a/20260511T080000Z"]
    assert "a/20260511T080000Z" not in ids(an_ics(WEEKLY, moved))


def test_this_and_future_moves_what_follows():
    later = "UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Zurich:20260518T100000\nDTSTART;TZID=Europe/Zurich:20260518T120000\nDURATION:PT2H\nSUMMARY:Later"
    events, _ = shown(an_ics(WEEKLY, later), end="2026-07-01")
    assert [(e.id, e.title, e.start_at.hour) for e in events][2:] == [
        ("a/20260518T080000Z", "Later", 10),
        ("a/20260525T080000Z", "Later", 10),
        ("a/20260601T080000Z", "Later", 10),
    ]


@pytest.mark.parametrize(
    "exdate",
    [
        "EXDATE;TZID=Europe/Zurich:20260511T100000",
        "EXDATE:20260511T080000Z",
        "EXDATE;VALUE=DATE:20260511",
        "EXDATE:20260511",
        "EXDATE;TZID=America/New_York:20260511T040000",
        "EXDATE:20200101T000000Z,20260511T080000Z",
        "EXDATE:20200101T000000Z\nEXDATE:20260511T080000Z",
        "EXDATE:rubbish\nEXDATE:20260511T080000Z",
    ],
)
def test_exdates_are_understood_in_every_form(exdate):
    assert ids(an_ics(f"{WEEKLY}\n{exdate}"), end="2026-05-20") == ["a/20260504T080000Z", "a/20260518T080000Z"]


def test_all_day_series_with_timed_exceptions():
    data = an_ics(
        "UID:a\nDTSTART;VALUE=DATE:20260504\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260506T000000Z",
        "UID:a\nRECURRENCE-ID:20260505T000000\nDTSTART:20260505T120000Z",
    )
    events, _ = shown(data)
    assert [(e.id, e.all_day) for e in events] == [("a/20260504", True), ("a/20260505", False)]


def test_an_instance_is_not_taken_for_another_whose_utc_time_is_its_wall_time():
    hourly = "UID:a\nDTSTART;TZID=Europe/Zurich:20260505T080000\nRRULE:FREQ=HOURLY;COUNT=5"
    moved = "UID:a\nRECURRENCE-ID;TZID=Europe/Zurich:20260505T100000\nDTSTART;TZID=Europe/Zurich:20260505T103000"
    assert [f"{e.start_at:%H%M}" for e in shown(an_ics(hourly, moved))[0]] == ["0600", "0700", "0830", "0900", "1000"]


def test_all_day_events_are_days_at_home():
    (event,) = shown(an_ics("DTSTART;VALUE=DATE:20260512\nDTEND;VALUE=DATE:20260514"))[0]
    assert (event.all_day, event.start_date, event.end_date) == (True, date(2026, 5, 12), date(2026, 5, 14))
    assert (event.start_at, event.end_at) == (instant("2026-05-11T22:00"), instant("2026-05-13T22:00"))
    assert event.id == "u1/20260512"


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        ("DTSTART:20260512T080000Z", "2026-05-12T08:00"),
        ("DTSTART:20260512T080000Z\nDURATION:PT90M", "2026-05-12T09:30"),
        ("DTSTART:20260512T080000Z\nDURATION:P1W", "2026-05-19T08:00"),
        ("DTSTART:20260512T080000Z\nDTEND;TZID=Europe/Zurich:20260512T110000", "2026-05-12T09:00"),
        ("DTSTART:20260512T080000Z\nDTEND;VALUE=DATE:20260513", "2026-05-13T00:00"),
        ("DTSTART;VALUE=DATE:20260512", "2026-05-12T22:00"),
        ("DTSTART;VALUE=DATE:20260512\nDTEND;VALUE=DATE:20260512", "2026-05-12T22:00"),
        ("DTSTART;VALUE=DATE:20260512\nDURATION:PT36H", "2026-05-13T22:00"),
    ],
)
def test_ends(lines, end):
    (event,), problems = shown(an_ics(lines))
    assert event.end_at == instant(end)
    assert not problems


@pytest.mark.parametrize(
    "lines", ["DTEND:20260511T080000Z", "DURATION:-PT1H", "DTEND:later", "DURATION:P1Y", "DURATION:P99999999999D"]
)
def test_an_impossible_end_is_reported_and_the_start_still_shown(lines):
    (event,), problems = shown(an_ics(f"DTSTART:20260512T080000Z\n{lines}"))
    assert event.start_at == event.end_at == instant("2026-05-12T08:00")
    assert len(problems) == 1


@pytest.mark.parametrize(
    ("lines", "start"),
    [
        ("DTSTART:20260512T100000", "2026-05-12T08:00"),
        ('DTSTART;TZID="W. Europe Standard Time":20260512T100000', "2026-05-12T08:00"),
        ("DTSTART;TZID=Pacific Standard Time:20260512T100000", "2026-05-12T17:00"),
        ("DTSTART;TZID=(UTC+01:00) Amsterdam, Berlin, Bern:20260512T100000", "2026-05-12T09:00"),
        ("DTSTART;TZID=/vendor.example/Tzfile/America/New_York:20260512T100000", "2026-05-12T14:00"),
        ("DTSTART;TZID=America/Argentina/Buenos_Aires:20260512T100000", "2026-05-12T13:00"),
        ("DTSTART;TZID=UTC:20260512T100000", "2026-05-12T10:00"),
        ("DTSTART:2026-05-12T10:00:00Z", "2026-05-12T10:00"),
        ("DTSTART:20260511T240000Z", "2026-05-12T00:00"),
    ],
)
def test_zones(lines, start):
    events, problems = shown(an_ics(lines))
    assert [e.start_at for e in events] == [instant(start)]
    assert not problems


def test_a_calendar_may_name_the_zone_of_its_floating_times():
    events, _ = shown(an_ics("DTSTART:20260512T100000", head="X-WR-TIMEZONE:America/New_York\n"))
    assert events[0].start_at == instant("2026-05-12T14:00")


def test_a_known_zone_is_believed_before_a_vtimezone_that_lies():
    lie = "BEGIN:VTIMEZONE\nTZID:Europe/Zurich\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0900\nTZOFFSETTO:+0900\nEND:STANDARD\nEND:VTIMEZONE\n"
    events, _ = shown(an_ics("DTSTART;TZID=Europe/Zurich:20260512T100000", head=lie))
    assert (events[0].start_at, events[0].timezone) == (instant("2026-05-12T08:00"), "Europe/Zurich")


def test_two_files_may_give_one_name_to_different_zones():
    zone = "BEGIN:VTIMEZONE\nTZID:Office\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:{0}\nTZOFFSETTO:{0}\nEND:STANDARD\nEND:VTIMEZONE\n"
    hours = [
        shown(an_ics("DTSTART;TZID=Office:20260512T100000", head=zone.format(offset)))[0][0].start_at.hour
        for offset in ("+0300", "-0400")
    ]
    assert hours == [7, 14]


def test_window_is_half_open_and_events_under_way_are_in_it():
    data = an_ics(
        "DTSTART:20260501T000000Z",
        "DTSTART:20260430T230000Z\nDURATION:PT1H",
        "DTSTART:20260430T230000Z\nDURATION:PT2H",
        "DTSTART:20260601T000000Z",
    )
    assert [e.uid for e in shown(data)[0]] == ["u3", "u1"]


def test_order_is_by_start_then_id():
    data = an_ics("UID:z\nDTSTART:20260512T080000Z", "UID:a\nDTSTART:20260512T080000Z", "UID:m\nDTSTART:20260511T080000Z")
    assert [e.uid for e in shown(data)[0]] == ["m", "a", "z"]


def test_rdates_and_periods_are_instances():
    data = an_ics("DTSTART:20260505T120000Z\nDURATION:PT1H\nRDATE;VALUE=PERIOD:20260506T100000Z/PT3H\nRDATE:20260507T100000Z")
    assert [(e.start_at.day, (e.end_at - e.start_at).seconds // 3600) for e in shown(data)[0]] == [(5, 1), (6, 3), (7, 1)]


def test_the_newest_of_several_versions_counts():
    data = an_ics(
        "UID:a\nSEQUENCE:2\nDTSTART:20260513T080000Z",
        "UID:a\nSEQUENCE:1\nDTSTART:20260512T080000Z",
        "UID:a\nSEQUENCE:2\nDTSTART:20260513T080000Z",
    )
    assert starts(shown(data)[0]) == ["20260513T0800Z"]


def test_different_events_under_one_uid_are_all_shown():
    assert starts(shown(an_ics("UID:a\nDTSTART:20260512T080000Z", "UID:a\nDTSTART:20260513T080000Z"))[0]) == [
        "20260512T0800Z",
        "20260513T0800Z",
    ]


def test_an_invitation_to_one_instance_is_shown_without_its_series():
    data = an_ics("UID:a\nRECURRENCE-ID:20260512T080000Z\nDTSTART:20260512T090000Z")
    assert ids(data) == ["a/20260512T080000Z"]


def test_cancelled_instances_come_as_cancelled():
    gone = "UID:a\nRECURRENCE-ID:20260511T080000Z\nSTATUS:CANCELLED"
    events, problems = shown(an_ics(WEEKLY, gone), end="2026-05-20")
    assert [e.status for e in events] == ["confirmed", "cancelled", "confirmed"]
    assert not problems
    assert shown(an_ics("DTSTART:20260512T080000Z", head="METHOD:CANCEL\n"))[0][0].status == "cancelled"


def test_a_series_too_dense_is_cut_and_reported():
    events, problems = shown(an_ics("DTSTART:20200101T000000Z\nRRULE:FREQ=MINUTELY", "DTSTART:20260512T080000Z"))
    assert len(events) <= MOST_INSTANCES + 1
    assert [e.uid for e in events if e.uid == "u2"] == ["u2"]
    assert [p.where for p in problems] == ["cal#u1"]


def test_series_outside_the_window_are_not_looked_at():
    (series,), _ = read(an_ics("DTSTART:20260512T080000Z"), "cal", "cal.ics")
    unreadable = type(series)(**{f: getattr(series, f) for f in series.__slots__} | {"ical": "rubbish"})
    assert expand([unreadable], instant("2027-01-01"), instant("2028-01-01"), frozenset(), "UTC") == ((), ())
    assert expand([unreadable], instant("2026-05-01"), instant("2026-06-01"), frozenset(), "UTC")[1]


ZONES = ("Europe/Zurich", "America/New_York", "Australia/Lord_Howe")


@settings(deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    day=st.dates(date(2025, 1, 1), date(2027, 12, 1)),
    minute=st.integers(0, 24 * 60 - 1),
)
def test_a_daily_series_stays_at_its_wall_time_over_gaps_and_folds(zone, day, minute):
    """RFC 5545 section 3.3.5: in a gap the offset before it counts, in a fold the first occurrence."""
    first = datetime(day.year, day.month, day.day, minute // 60, minute % 60)
    data = an_ics(f"DTSTART;TZID={zone}:{first:%Y%m%dT%H%M%S}\nDURATION:PT45M\nRRULE:FREQ=DAILY;COUNT=8")
    events, problems = shown(data, "2024-12-01", "2028-01-31", zone)
    expected = [(first + timedelta(days=n)).replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC) for n in range(8)]
    assert [e.start_at for e in events] == expected
    walls = [start.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) + timedelta(minutes=45) for start in expected]
    assert [e.end_at for e in events] == [wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for wall in walls]
    assert not problems


def test_a_night_shift_ends_at_its_wall_time_when_the_clocks_change():
    data = an_ics(
        "DTSTART;TZID=Europe/Zurich:20260327T220000\nDTEND;TZID=Europe/Zurich:20260328T060000\nRRULE:FREQ=DAILY;COUNT=3"
    )
    events, _ = shown(data, "2026-03-01")
    assert [f"{e.end_at:%d %H}" for e in events] == ["28 05", "29 04", "30 04"]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize(("until", "shown_days"), [("99991231T235959Z", 31), ("99991231", 31), ("00010101T000000Z", 0)])
def test_ends_at_the_edges_of_the_calendar(zone, until, shown_days):
    events, problems = shown(an_ics(f"DTSTART;TZID={zone}:20260401T120000\nRRULE:FREQ=DAILY;UNTIL={until}"))
    assert (len(events), len(problems)) == (shown_days, 0)


def test_an_exrule_takes_its_instances_out():
    data = an_ics("DTSTART:20260504T080000Z\nRRULE:FREQ=DAILY;COUNT=5\nEXRULE:FREQ=DAILY;INTERVAL=2")
    assert starts(shown(data)[0]) == ["20260505T0800Z", "20260507T0800Z"]


@pytest.mark.parametrize(
    ("zone", "wall", "start"),
    [
        ("Europe/Zurich", "20260329T023000", "2026-03-29T01:30"),
        ("Europe/Zurich", "20261025T023000", "2026-10-25T00:30"),
        ("America/New_York", "20260308T023000", "2026-03-08T07:30"),
        ("America/New_York", "20261101T013000", "2026-11-01T05:30"),
        ("Australia/Lord_Howe", "20261004T021500", "2026-10-03T15:45"),
        ("Australia/Lord_Howe", "20260405T014500", "2026-04-04T14:45"),
    ],
)
def test_gaps_and_folds(zone, wall, start):
    assert shown(an_ics(f"DTSTART;TZID={zone}:{wall}"), "2026-01-01", "2027-01-01")[0][0].start_at == instant(start)


@settings(deadline=None)
@given(st.lists(st.integers(-400, 400), min_size=2, max_size=2, unique=True))
def test_windows_agree_with_each_other(days):
    """What two adjoining windows show is what the one over both shows."""
    low, high = sorted(instant("2026-05-04") + timedelta(days=d) for d in days)
    middle = low + (high - low) / 2
    series, _ = read(an_ics(WEEKLY.replace(";COUNT=5", ";INTERVAL=2;BYDAY=MO,TH")), "cal", "cal.ics")
    parts = [{e.id for e in expand(series, a, b, frozenset(), "UTC")[0]} for a, b in ((low, middle), (middle, high))]
    assert parts[0] | parts[1] == {e.id for e in expand(series, low, high, frozenset(), "UTC")[0]}
