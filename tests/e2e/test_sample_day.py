"""The sample workspace's day, as `reveille brief` tells it: what must hold of any good morning, not its very words."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from service.briefing.render.speech.script import WORDS_A_MINUTE
from service.sample import write
from service.sample.content import ZONE

ROOT = Path(__file__).parents[2]
SEVEN = datetime(2026, 5, 12, 7, 0, tzinfo=ZONE)
RELATIVE = re.compile(r"\b(tomorrow|today|tonight)\b", re.IGNORECASE)


class Day:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        write(folder, SEVEN)
        for file in folder.rglob("*"):
            os.utime(file, (SEVEN.timestamp() - 3600,) * 2)

    def brief(self, *options: str, at: str = "2026-05-12T07:00", format: str = "text") -> str:
        command = [
            sys.executable,
            "-c",
            "from service.cli import main; main()",
            "brief",
            *options,
            "--at",
            at,
            "--format",
            format,
        ]
        found = subprocess.run(
            command, cwd=self.folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
        )
        assert found.returncode == 0, found.stderr
        return found.stdout


@pytest.fixture(scope="module")
def day(tmp_path_factory) -> Day:
    return Day(tmp_path_factory.mktemp("sample") / "workspace")


@pytest.fixture(scope="module")
def text(day) -> str:
    return day.brief("morning")


@pytest.fixture(scope="module")
def record(day) -> dict[str, Any]:
    return json.loads(day.brief("morning", format="json"))


def facts(record: dict[str, Any], *names: str) -> list[dict[str, Any]]:
    """Of the sections named, of all where none is, with the lines under them."""
    top = [f for name, some in record["sections"].items() if not names or name in names for f in some]
    return [f for one in top for f in (one, *one["details"])]


def test_the_whole_fits_into_450_words_and_the_bottom_line_into_25(text, record):
    assert 300 < len(text.split()) <= 450
    assert len(record["bottom_line"].split()) <= 25


def test_nothing_that_matters_is_trimmed(record):
    sections = record["sections"]
    assert len(sections["needs_you"]) == 5
    assert sum(f["topic"] == "meeting" for f in sections["meetings"]) == 5
    assert all(sections[name] for name in ("waiting", "commitments", "slack", "rest"))
    assert sum(d["topic"] not in {"conflict", "echo", "hint"} for f in sections["meetings"] for d in f["details"]) >= 2


def test_the_two_calls_at_once_are_said(text):
    assert "Conflict with 10:00 Shareholder agreement" in " ".join(text.split())


def test_the_subject_counts_what_the_sections_hold(record):
    needs, meetings = (record["sections"][n] for n in ("needs_you", "meetings"))
    count = sum(f["topic"] == "meeting" for f in meetings)
    assert record["subject"] == f"Tue 12 May · {len(needs)} need you · {count} meetings"


def test_nothing_is_said_twice(record):
    said = Counter((s["id"], s["quote"]) for f in facts(record) for s in f["sources"][:1] if s["quote"])
    assert [twice for twice, times in said.items() if times > 1] == []
    assert max(Counter(f["text"] for f in facts(record)).values()) == 1
    assert max(Counter(f["key"] for f in facts(record)).values()) == 1


def test_the_term_sheet_is_one_thing_with_three_sources(record):
    (fact,) = [f for f in facts(record) if "term sheet" in f["text"].lower() and f["topic"] != "meeting"]
    assert [s["kind"] for s in fact["sources"]] == ["message", "task", "deal"]


def test_every_fact_has_a_source(record):
    assert all(f["sources"] and all(s["id"] for s in f["sources"]) for f in facts(record))


def test_the_ask_is_quoted_and_the_sentence_that_hurries_gives_its_time(record):
    (henrik,) = [f for f in record["sections"]["needs_you"] if f["people"] == ["Henrik Lund"]]
    assert henrik["sources"][0]["quote"] == "Do you accept the shorter notice period?"
    assert henrik["text"].endswith("Due today 10:00.")


def test_a_relative_day_in_older_words_is_followed_by_the_day_itself(record):
    old = [
        f
        for f in facts(record, "needs_you", "commitments", "waiting", "slack")
        if (f["sources"][0]["at"] or "later") < "2026-05-12"
    ]
    relative = [f for f in old if RELATIVE.search(" ".join(re.findall("“[^”]*”", f["text"])))]
    assert relative
    assert all(re.search(r"(Due|Overdue|That (is|was)) [^“]+\.$", f["text"]) for f in relative)


def test_no_company_is_invented(record):
    assert not [f["text"] for f in facts(record) if "mailbox" in f["text"].lower()]


def test_coverage_counts_what_every_source_holds_in_two_lines(text, record):
    assert all(s["items"] for s in record["coverage"]["sources"])
    said = text[text.index("COVERAGE") :].splitlines()
    assert len([line for line in said[1:] if line.strip()]) <= 4


def test_it_can_be_listened_to(day):
    script = day.brief("morning", format="speech")
    assert 90 <= len(script.split()) / WORDS_A_MINUTE * 60 <= 150
    assert re.match(r"Good morning, Mara\. It is Tuesday the twelfth of May\. ", script)
    assert script.strip().endswith("That is all. Have a good Tuesday.")
    assert not re.search(r"[\d@#“”/:…—]", script)


def test_what_is_over_is_left_to_a_count(day):
    later = json.loads(day.brief("morning", at="2026-05-12T13:00", format="json"))
    meetings = later["sections"]["meetings"]
    assert [f["label"][:5] for f in meetings if f["topic"] == "meeting"] == ["14:00", "16:00"]
    assert next(f["text"] for f in meetings if f["topic"] == "over").startswith("3 already over:")
    assert later["subject"].endswith("2 meetings")


def test_the_meeting_brief_is_one_screen_with_a_source_on_every_line(day):
    said = day.brief("meeting", "--event", "Atlas round")
    assert len(said.split()) <= 300
    lines = re.split(r"\n  - ", said[said.index("WHEN AND WHERE") : said.index("COVERAGE")])[1:]
    last = [re.sub(r"\n\n[A-Z ]+\n.*", "", line, flags=re.DOTALL) for line in lines]
    assert len(last) >= 12
    assert all(re.search(r"\([^()]*(mail|calendar|contact|deal|note|Slack|task)[^()]*\)\s*$", line) for line in last)


def test_a_meeting_of_years_ago_can_be_briefed(day, tmp_path):
    calendar = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:old\r\nDTSTAMP:20210301T080000Z\r\nDTSTART:20210309T090000Z\r\n"
        "DTEND:20210309T100000Z\r\nSUMMARY:Lease talk\r\nATTENDEE:mailto:dana@atlas.example\r\nATTENDEE:mailto:mara@keller.example\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    (tmp_path / "old.ics").write_text(calendar)
    (tmp_path / "reveille.yaml").write_text(
        "me: {name: Mara Keller, emails: [mara@keller.example], timezone: Europe/Zurich}\n"
        "sources: [{kind: ics, path: old.ics}]\nchannels: {folder: {kind: folder, path: out}}\n"
        "cadences: {meetings: {brief: 4h, to: [folder]}}\n"
    )
    past = object.__new__(Day)
    past.folder = tmp_path
    assert "Tue 9 Mar, 10:00–11:00" in past.brief("meeting", at="2021-03-09T08:00")
