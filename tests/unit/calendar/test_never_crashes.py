"""Whatever bytes come, reading and expanding end, with what is wrong in words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.calendar.calendars import an_ics, shown

SOUND = an_ics(
    "UID:a\nDTSTART;TZID=Office:20260504T100000\nDTEND;TZID=Office:20260504T110000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20260901T000000Z\n"
    "EXDATE;TZID=Office:20260511T100000\nRDATE;VALUE=PERIOD:20260601T100000Z/PT3H\nSUMMARY:Weekly\n"
    "ORGANIZER;CN=Dana:mailto:dana@atlas.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:mara@keller.example",
    "UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Office:20260518T100000\nDTSTART;TZID=Office:20260519T100000\nDURATION:PT2H",
    "UID:b\nDTSTART;VALUE=DATE:20260512\nRRULE:FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=12\nDESCRIPTION:<b>x</b>",
    head="X-WR-TIMEZONE:Europe/Zurich\nBEGIN:VTIMEZONE\nTZID:Office\nBEGIN:STANDARD\nDTSTART:20001029T030000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\n"
    "TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:20000326T020000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\n"
    "TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\nEND:VTIMEZONE\n",
)
LINES = SOUND.split(b"\r\n")
PIECES = (
    b"DTSTART:",
    b"RRULE:FREQ=SECONDLY",
    b"BEGIN:VEVENT",
    b"END:VEVENT",
    b"END:VCALENDAR",
    b";",
    b":",
    b'"',
    b"\r\n",
    b"\xff",
    b"9999",
    b"-1",
)


def is_calm(data: bytes) -> None:
    events, problems = shown(data)
    assert [(e.start_at, e.id) for e in events] == sorted((e.start_at, e.id) for e in events)
    assert all(e.start_at <= e.end_at and e.start_at.utcoffset() is not None for e in events)
    assert all(p.where and p.what for p in problems)


def test_the_calendar_that_is_broken_below_is_sound():
    events, problems = shown(SOUND)
    assert len(events) == 8
    assert not problems


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data):
    is_calm(data)
    is_calm(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + data + b"\r\nEND:VEVENT\r\nEND:VCALENDAR")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(SOUND)), st.integers(0, 12), st.sampled_from(PIECES) | st.binary(max_size=3)), max_size=6
    )
)
def test_a_calendar_with_pieces_cut_out_and_put_in(cuts):
    data = SOUND
    for at, length, piece in cuts:
        data = data[:at] + piece + data[at + length :]
    is_calm(data)


@settings(max_examples=100, deadline=None)
@given(st.permutations(LINES), st.integers(0, len(LINES)))
def test_a_calendar_with_its_lines_shuffled_and_lost(lines, kept):
    is_calm(b"\r\n".join(lines[:kept]))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.dictionaries(
        st.sampled_from(
            ["INTERVAL", "COUNT", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYHOUR", "BYMINUTE", "BYSECOND", "BYSETPOS"]
        ),
        st.integers(-60, 400),
        max_size=4,
    ),
    st.sampled_from(["DTSTART:20240229T235959Z", "DTSTART;VALUE=DATE:20240229", "DTSTART;TZID=Europe/Zurich:20240331T023000"]),
)
def test_any_rule(freq, parts, start):
    rule = ";".join([f"FREQ={freq}", *(f"{k}={v}" for k, v in parts.items())])
    is_calm(an_ics(f"{start}\nRRULE:{rule}"))
