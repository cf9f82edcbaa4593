"""Public calendars and rules, with the occurrences that independent engines agree on."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from service.calendar.entries import NO_UID
from service.calendar.expansion import expand
from service.calendar.reading import read
from service.domain.items import Event
from tests.corpus import need

pytestmark = pytest.mark.corpus


def instant(text: str) -> datetime:
    form = "%Y%m%dT%H%M%S" if "T" in text else "%Y%m%d"
    return datetime.strptime(text.rstrip("Z"), form).replace(tzinfo=UTC)


def written(event: Event) -> tuple[str, str, str]:
    if event.start_date and event.end_date:
        return (event.uid, f"{event.start_date:%Y%m%d}", f"{event.end_date:%Y%m%d}")
    return (event.uid, f"{event.start_at:%Y%m%dT%H%M%SZ}", f"{event.end_at:%Y%m%dT%H%M%SZ}")


def test_calendars_show_the_occurrences_that_engines_agree_on():
    wrong = []
    cases = [json.loads(line) for line in need("ics", "consensus.jsonl").read_text(encoding="utf-8").splitlines()]
    for case in cases:
        series, _ = read(need("ics", case["file"]).read_bytes(), "c", case["id"])
        events, _ = expand(series, instant(case["window_start"]), instant(case["window_stop"]), frozenset(), "UTC")
        got = Counter((("" if u.startswith(NO_UID) else u), s, e) for u, s, e in map(written, events))
        if got != Counter((e["uid"], e["start"], e["end"]) for e in case["expected"]):
            wrong.append(case["id"])
    print(f"calendars exact: {len(cases) - len(wrong)}/{len(cases)}")
    assert not wrong


def test_broken_calendars_are_survived_and_quickly():
    slowest = (0.0, "")
    for path in sorted(need("ics", "robust").iterdir()):
        began = time.perf_counter()
        series, problems = read(path.read_bytes(), "c", path.name)
        expand(series, instant("19700101"), instant("20500101"), frozenset(), "UTC")
        slowest = max(slowest, (time.perf_counter() - began, path.name))
        assert all(p.where.startswith(path.name) and p.what for p in problems)
    print(f"slowest broken calendar: {slowest[0]:.2f} s ({slowest[1]})")


def test_rules_fall_where_they_should():
    tally: Counter[str] = Counter()
    wrong = []
    for line in need("rrule", "cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        tally[case["tier"]] += 1
        got, reported = fall(case)
        right = reported if case["must_reject"] else got == case["expected"]
        if not right and not (reported and case["tier"] == "exotic"):
            wrong.append((case["tier"], case["id"], case["rrule"]))
    missed = Counter(tier for tier, *_ in wrong)
    print("rules exact or reported:", {tier: f"{n - missed[tier]}/{n}" for tier, n in tally.items()})
    assert missed["everyday"] <= tally["everyday"] // 100
    assert not missed["exotic"]


def fall(case: dict) -> tuple[list[str], bool]:
    """Starts as the case writes them, and whether something was reported."""
    start = case["dtstart"]
    low = instant(case.get("start_at", start))
    last = instant(case["expected"][-1]) if case["expected"] else low + timedelta(days=3650)
    high = last + (timedelta(days=800) if case["complete"] else timedelta(seconds=1))
    value = "" if "T" in start else ";VALUE=DATE"
    ics = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:r\nDTSTART{value}:{start}\nRRULE:{case['rrule']}\nEND:VEVENT\nEND:VCALENDAR\n"
    series, unread = read(ics.encode(), "c", "r")
    events, unexpanded = expand(series, low, high, frozenset(), "UTC")
    zulu = "Z" if start.endswith("Z") else ""
    starts = [f"{e.start_date:%Y%m%d}" if e.start_date else f"{e.start_at:%Y%m%dT%H%M%S}{zulu}" for e in events]
    return starts, bool(unread or unexpanded)
