"""Dates and times in our own sentences of four languages, beside dateparser's search: right, wrong, invented, and what it costs."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from service.triage.dates import mentions
from service.triage.sentences import sentence
from tests.bench.figures import RIGHT, Figure, report
from tests.builders import NOON
from tests.unit.triage.cases import Dated, dated

ZONE = ZoneInfo("Europe/Zurich")
_REPEATS = 20


def ours(case: Dated) -> str:
    found = mentions(sentence(case.text, 0), NOON, ZONE)
    if not found:
        return "-"
    when = found[0].when
    if when.at:
        return _told(when.at.astimezone(ZONE))
    return _told(found[0].due.on if found[0].deadline else when.on) if when.on else "?"


def dateparsers(case: Dated) -> str:
    from dateparser.search import search_dates

    base = NOON.astimezone(ZONE).replace(tzinfo=None)
    found = search_dates(case.text, languages=[case.language], settings={"RELATIVE_BASE": base, "PREFER_DATES_FROM": "future"})
    return _told(found[0][1]) if found else "-"


def _told(moment: date | datetime | None) -> str:
    return "-" if moment is None else moment.strftime("%Y-%m-%d %H:%M") if isinstance(moment, datetime) else moment.isoformat()


def main() -> None:
    cases = dated()
    mine = _scored(cases, ours, whole=True)
    cost = _cost(cases, ours, _REPEATS)
    try:
        theirs: dict[str, Counter[str]] | None = _scored(cases, dateparsers, whole=False)
        their_cost: float | None = _cost(cases, dateparsers, 1)
    except ModuleNotFoundError:
        print("  the peer needs dateparser: uv sync --group bench", file=sys.stderr)
        theirs = their_cost = None
    for tongue, counts in mine.items():
        total = sum(counts.values())
        peer = theirs[tongue]["right"] / total if theirs else None
        report(Figure(f"dates in {tongue}, {total} sentences", counts["right"] / total, peer, RIGHT))
        print(f"  ours {dict(counts)}" + (f", dateparser {dict(theirs[tongue])}" if theirs else ""))
    report(Figure("microseconds a sentence", cost, their_cost, "µs"))


def _scored(cases: Sequence[Dated], of: Callable[[Dated], str], *, whole: bool) -> dict[str, Counter[str]]:
    """`whole`: a day without a time is right only where none was said; the peer always gives a time, so its day alone counts there."""
    found: dict[str, Counter[str]] = {}
    for case in cases:
        said = of(case)
        right = said == case.expected or (not whole and len(case.expected) == 10 and said.startswith(case.expected))
        kind = "right" if right else "invented" if case.expected in "-?" else "missed" if said in "-?" else "wrong"
        found.setdefault(case.language, Counter())[kind] += 1
    return found


def _cost(cases: Sequence[Dated], of: Callable[[Dated], str], repeats: int) -> float:
    began = time.process_time()
    for _ in range(repeats):
        for case in cases:
            of(case)
    return (time.process_time() - began) / repeats / len(cases) * 1e6


if __name__ == "__main__":
    main()
