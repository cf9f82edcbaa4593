from datetime import UTC, datetime, timedelta

from service.calendar.reading import read
from tests.unit.calendar.calendars import an_ics, instant, shown, starts

MEETING = "DTSTART:20260512T080000Z\nDTEND:20260512T090000Z\nSUMMARY:Atlas round"


def the_series(data: bytes):
    series, problems = read(data, "cal", "cal.ics")
    assert not problems
    return series


def test_series_holds_its_master_overrides_and_zone_as_a_calendar_of_its_own():
    zone = "BEGIN:VTIMEZONE\nTZID:Office\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0300\nTZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE\n"
    data = an_ics(
        "UID:a\nDTSTART;TZID=Office:20260504T100000\nRRULE:FREQ=WEEKLY\nSUMMARY:Weekly",
        "UID:b\nDTSTART:20260505T100000Z\nSUMMARY:Other",
        "UID:a\nRECURRENCE-ID;TZID=Office:20260511T100000\nDTSTART;TZID=Office:20260511T120000",
        head=zone,
    )
    weekly, other = the_series(data)
    assert (weekly.uid, weekly.title, other.uid) == ("a", "Weekly", "b")
    assert weekly.ical.count("BEGIN:VEVENT") == 2
    assert "TZID:Office" in weekly.ical
    assert "TZID:Office" not in other.ical
    assert the_series(weekly.ical.encode())[0].ical == weekly.ical
    assert starts(shown(weekly.ical.encode())[0])[:2] == ["20260504T0700Z", "20260511T0900Z"]


def test_bounds_hold_every_instance_in_any_zone():
    (single,) = the_series(an_ics("DTSTART;VALUE=DATE:20260512"))
    assert single.first_at <= instant("2026-05-11T10:00")
    assert single.last_at >= instant("2026-05-13T12:00")


def test_a_series_without_end_has_no_last_instant():
    (weekly,) = the_series(an_ics("DTSTART:20260512T080000Z\nRRULE:FREQ=WEEKLY"))
    assert weekly.last_at is None


def test_count_until_and_rdates_bound_a_series():
    day = timedelta(days=1)
    for lines, last in (
        ("RRULE:FREQ=WEEKLY;COUNT=3", "2026-05-26T08:00"),
        ("RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=3", "2026-07-14T08:00"),
        ("RRULE:FREQ=DAILY;UNTIL=20260601T080000Z", "2026-06-01T08:00"),
        ("RDATE:20260901T080000Z", "2026-09-01T08:00"),
    ):
        (series,) = the_series(an_ics(f"DTSTART:20260512T080000Z\n{lines}"))
        assert instant(last) <= series.last_at <= instant(last) + day


def test_an_override_moved_far_is_within_the_bounds():
    data = an_ics(
        "UID:a\nDTSTART:20260512T080000Z\nRRULE:FREQ=DAILY;COUNT=2",
        "UID:a\nRECURRENCE-ID:20260513T080000Z\nDTSTART:20261224T080000Z",
    )
    (series,) = the_series(data)
    assert series.last_at >= instant("2026-12-24T08:00")


def test_one_broken_event_does_not_lose_the_others():
    broken = (
        "SUMMARY:no start",
        "DTSTART:20261345T080000Z",
        "DTSTART:soon",
        "DTSTART:20260512T080000Z\nRRULE:FREQ=NEVER",
        "DTSTART:20260512T080000Z\nRRULE:FREQ=DAILY;INTERVAL=0",
        "DTSTART",
    )
    series, problems = read(an_ics(MEETING, *broken, MEETING), "cal", "cal.ics")
    assert [s.uid for s in series] == ["u1", "u8"]
    assert [p.where for p in problems] == [f"cal.ics#u{n}" for n in range(2, 8)]
    assert problems[0].what == "it has no DTSTART"
    assert "“soon”" in problems[2].what


def test_an_event_without_uid_gets_the_same_one_at_every_reading():
    lines = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTAMP:{}\nDTSTART:20260512T080000Z\nSUMMARY:{}\nEND:VEVENT\nEND:VCALENDAR"
    once, again, other = (
        the_series(lines.format(*v).encode())[0].uid
        for v in (("20260101T000000Z", "A"), ("20260202T000000Z", "A"), ("20260101T000000Z", "B"))
    )
    assert once == again != other


def test_alarms_todos_and_journals_are_no_problem():
    data = an_ics(f"{MEETING}\nBEGIN:VALARM\nTRIGGER:-PT15M\nDTSTART:nonsense\nSUMMARY:Alarm\nEND:VALARM").replace(
        b"END:VCALENDAR", b"BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\nBEGIN:VJOURNAL\r\nEND:VJOURNAL\r\nEND:VCALENDAR"
    )
    (series,) = the_series(data)
    assert series.title == "Atlas round"


def test_several_calendars_with_garbage_between_are_all_read():
    data = b"\xef\xbb\xbfHello\r\n" + an_ics(f"UID:a\n{MEETING}") + b"\0\0noise: here\r\n<html>\r\n" + an_ics(f"UID:b\n{MEETING}")
    assert [s.uid for s in the_series(data)] == ["a", "b"]


def test_text_is_read_in_the_encodings_that_are_met():
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "latin-1"):
        data = an_ics("DTSTART:20260512T080000Z\nSUMMARY:Café Zürich").decode().encode(encoding)
        assert the_series(data)[0].title == "Café Zürich"


def test_folds_are_undone_even_inside_a_character_or_without_their_blank():
    summary = "Zürich, " + "x" * 80
    raw = an_ics(f"DTSTART:20260512T080000Z\nSUMMARY:{summary}")
    cut = raw.index("ü".encode()) + 1
    assert the_series(raw[:cut] + b"\r\n " + raw[cut:])[0].title == summary
    cut = raw.index(b"xxx") + 70
    assert the_series(raw[:cut] + b"\r\n" + raw[cut:])[0].title == summary


def test_a_line_broken_in_the_middle_of_a_description_belongs_to_it():
    events, problems = shown(an_ics("DTSTART:20260512T080000Z\nDESCRIPTION:First\nand second line"))
    assert not problems
    assert events[0].description == "First\nand second line"


def test_a_file_cut_short_says_what_is_missing_and_keeps_the_rest():
    data = an_ics(f"UID:a\n{MEETING}", f"UID:b\n{MEETING}")
    series, problems = read(data[: data.index(b"UID:b") + 30], "cal", "cal.ics")
    assert [s.uid for s in series] == ["a"]
    assert problems[0].where == "cal.ics#b"
    series, problems = read(data[: data.index(b"END:VCALENDAR")], "cal", "cal.ics")
    assert len(series) == 2
    assert problems[0].where == "cal.ics"


def test_what_is_no_calendar_is_one_problem():
    for data in (b"", b"<html><body>Sign in</body></html>", b"\xff\xfe\x00", b"Dear: Mara\nhello"):
        series, problems = read(data, "cal", "cal.ics")
        assert not series
        assert [p.where for p in problems] == ["cal.ics"]


def test_an_empty_calendar_is_fine():
    assert read(an_ics(), "cal", "cal.ics") == ((), ())


def test_an_unknown_zone_is_reported_and_its_event_kept():
    events, problems = shown(an_ics("DTSTART;TZID=Nowhere/Land:20260512T080000"))
    assert starts(events) == ["20260512T0600Z"]
    assert "Nowhere/Land" in problems[0].what


def test_times_beyond_the_calendar_are_problems():
    data = an_ics(
        "DTSTART:99991231T230000Z\nDURATION:P9D",
        "DTSTART;VALUE=DATE:99991231",
        "DTSTART;TZID=Europe/Zurich:00010101T000000",
        MEETING,
    )
    series, problems = read(data, "cal", "cal.ics")
    assert {"u1", "u4"} <= {s.uid for s in series}
    assert {p.where for p in problems} == {"cal.ics#u1", "cal.ics#u2", "cal.ics#u3"}
    assert datetime.max.replace(tzinfo=UTC) > series[0].first_at
