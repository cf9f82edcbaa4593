"""`reveille events` as a person types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WINDOW = ("--from", "2026-05-01", "--to", "2026-06-01")
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:round@atlas.example
DTSTART;TZID=Europe/Zurich:20260512T100000
DTEND;TZID=Europe/Zurich:20260512T110000
RRULE:FREQ=WEEKLY;COUNT=2
SUMMARY:Atlas round
LOCATION:Room 4
ORGANIZER;CN=Dana Whitfield:mailto:dana@atlas.example
ATTENDEE;CN=Mara Keller;PARTSTAT=ACCEPTED:mailto:mara@keller.example
END:VEVENT
BEGIN:VEVENT
UID:off@keller.example
DTSTART;VALUE=DATE:20260514
SUMMARY:Ascension Day
STATUS:TENTATIVE
END:VEVENT
BEGIN:VEVENT
UID:broken@keller.example
SUMMARY:When?
END:VEVENT
BEGIN:VEVENT
DTSTART:20260520T100000Z
SUMMARY:\x1b[31mNo uid
END:VEVENT
END:VCALENDAR
"""


def reveille(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("REVEILLE")} | {
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "160",
    }
    command = [sys.executable, "-W", "error", "-c", "from service.cli import main; main()", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", cwd=cwd, env=environment, check=False, timeout=60
    )


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    path = tmp_path / "work.ics"
    path.write_text(CALENDAR, encoding="utf-8")
    return path


def test_json_lines_in_order_then_what_is_broken(calendar):
    done = reveille("events", calendar, *WINDOW, "--zone", "Europe/Zurich", "--json", cwd=calendar.parent)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line.get("summary") for line in lines] == ["Atlas round", "Ascension Day", "Atlas round", "\x1b[31mNo uid", None]
    assert lines[0] == {
        "uid": "round@atlas.example",
        "id": "round@atlas.example/20260512T080000Z",
        "start": "2026-05-12T10:00:00+02:00",
        "end": "2026-05-12T11:00:00+02:00",
        "all_day": False,
        "status": "confirmed",
        "summary": "Atlas round",
        "people": [
            {"name": "Dana Whitfield", "email": "dana@atlas.example", "reply": "", "organizer": True},
            {"name": "Mara Keller", "email": "mara@keller.example", "reply": "accepted", "organizer": False},
        ],
        "location": "Room 4",
    }
    assert (lines[1]["start"], lines[1]["end"], lines[1]["all_day"], lines[1]["status"]) == (
        "2026-05-14",
        "2026-05-15",
        True,
        "tentative",
    )
    assert lines[3]["uid"] == ""
    assert lines[4] == {"error": "it has no DTSTART", "uid": "broken@keller.example", "where": str(calendar)}
    assert "1 thing could not be read" in done.stderr
    assert done.returncode == 1


def test_a_sound_file_ends_with_success(calendar):
    calendar.write_text(CALENDAR.replace("SUMMARY:When?", "DTSTART:20260501T080000Z"))
    done = reveille("events", calendar, *WINDOW, "--json", cwd=calendar.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[0])["start"] == "2026-05-01T08:00:00+00:00"


def test_a_table_for_the_eye_without_control_characters(calendar):
    done = reveille("events", calendar, *WINDOW, cwd=calendar.parent)
    assert "Tue 12 May 2026" in done.stdout
    assert "all day" in done.stdout
    assert "\x1b" not in done.stdout
    assert "broken@keller.example: it has no DTSTART" in done.stderr


def test_several_files_and_one_that_is_not_there(calendar):
    other = calendar.parent / "other.ics"
    other.write_text("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:z\nDTSTART:20260513T080000Z\nEND:VEVENT\nEND:VCALENDAR\n")
    done = reveille("events", "gone.ics", other, calendar, *WINDOW, "--json", cwd=calendar.parent)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["uid"] for line in lines[:3]] == ["round@atlas.example", "z", "off@keller.example"]
    assert {"error": "it can't be read: No such file or directory", "uid": "", "where": "gone.ics"} in lines
    assert done.returncode == 1


def test_instants_bound_the_window_exactly(calendar):
    done = reveille(
        "events",
        calendar,
        "--from",
        "2026-05-12T09:00:00Z",
        "--to",
        "2026-05-14T00:00+02:00",
        "--zone",
        "Europe/Zurich",
        "--json",
        cwd=calendar.parent,
    )
    assert [json.loads(line).get("uid") for line in done.stdout.splitlines()] == ["broken@keller.example"]


def test_the_zone_comes_from_the_config(calendar):
    (calendar.parent / "reveille.yaml").write_text(
        "me: {name: Mara Keller, emails: [mara@keller.example], timezone: America/New_York}\n"
    )
    done = reveille("events", calendar, *WINDOW, "--json", cwd=calendar.parent)
    assert json.loads(done.stdout.splitlines()[0])["start"] == "2026-05-12T04:00:00-04:00"


def test_a_config_with_errors_does_not_keep_the_calendar_shut(calendar):
    (calendar.parent / "reveille.yaml").write_text("me: [\n")
    done = reveille("events", calendar, *WINDOW, "--json", cwd=calendar.parent)
    assert json.loads(done.stdout.splitlines()[0])["start"] == "2026-05-12T08:00:00+00:00"
    assert "UTC" in done.stderr


@pytest.mark.parametrize(
    "words", [("--from", "yesterday"), ("--zone", "Mars"), ("--from", "2026-06-01", "--to", "2026-05-01"), ("--to", "2026-13-01")]
)
def test_wrong_usage_is_said_and_exits_2(calendar, words):
    done = reveille("events", calendar, *words, cwd=calendar.parent)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert words[0] in done.stderr or words[2] in done.stderr


def test_a_file_that_is_not_there_is_an_error_and_no_empty_month(tmp_path: Path):
    done = reveille("events", "nowhere.ics", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "nowhere.ics: the file: it can't be read: No such file or directory" in done.stderr
