"""`reveille brief --at`: any moment the sources hold, however long ago."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.test_init import reveille

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//hills.example//EN
BEGIN:VEVENT
UID:walk@hills.example
DTSTAMP:20210101T000000Z
DTSTART:20210512T080000Z
DTEND:20210512T090000Z
RRULE:FREQ=WEEKLY;COUNT=3
SUMMARY:Route for the autumn walk
ATTENDEE;CN=Mara Keller:mailto:mara@keller.example
ATTENDEE;CN=Dana Whitfield:mailto:dana@atlas.example
END:VEVENT
END:VCALENDAR
"""


def test_a_meeting_of_years_ago_gets_its_brief(tmp_path: Path):
    (tmp_path / "walks.ics").write_bytes(CALENDAR.replace("\n", "\r\n").encode())
    words = ["--name", "Mara Keller", "--email", "mara@keller.example", "--timezone", "Europe/Zurich", "--calendar", "walks.ics"]
    assert reveille(tmp_path, "init", "--yes", *words).returncode == 0
    for asked in ([], ["--event", "autumn walk"]):
        done = reveille(tmp_path, "brief", "meeting", "--at", "2021-05-19T07:00", *asked)
        assert done.returncode == 0, done.stderr
        assert "Wed 19 May, 10:00–11:00" in done.stdout
        assert "Dana Whitfield" in done.stdout


def test_doctor_says_of_each_source_in_one_line_whether_it_is_there_and_fresh(tmp_path: Path):
    (tmp_path / "walks.ics").write_bytes(CALENDAR.replace("\n", "\r\n").encode())
    (tmp_path / "mail").mkdir()
    words = ["--name", "Mara Keller", "--email", "mara@keller.example", "--calendar", "walks.ics", "--maildir", "mail"]
    assert reveille(tmp_path, "init", "--yes", *words).returncode == 0
    done = reveille(tmp_path, "doctor")
    lines = [line for line in done.stdout.splitlines() if "source" in line]
    assert [line[:3] for line in lines] == ["BAD", "ok "]
    assert "cur" in lines[0]
    assert lines[1].endswith("walks.ics with 1 event; not read yet")
