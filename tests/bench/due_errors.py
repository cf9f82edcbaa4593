"""What a way to know the next due time gets wrong around every transition, walked from one due time to the next as a scheduler does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from tests.bench.due_peers import Make, Next, Rule, by_hand
from tests.zones import Transition, first_shown, transitions

START, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2032, 12, 31, tzinfo=UTC)
AROUND, CLOSE_BY = timedelta(days=2), timedelta(hours=6)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@cache
def distinct() -> dict[Transition, str]:
    """One zone for every transition: zones that change alike at the same moment show the same around it."""
    return {t: name for name in sorted(available_timezones(), reverse=True) for t in transitions(ZoneInfo(name), START, END)}


@cache
def _shown(transition: Transition, zone: str) -> dict[datetime, datetime]:
    return first_shown(transition, ZoneInfo(zone), AROUND + DAY)


def errors(make: Make) -> dict[str, Counter[str]]:
    """By rule: times lost, doubled or extra; moved: once, but not at the gap's end or the first of a fold."""
    found: dict[str, Counter[str]] = {"07:00": Counter(), "02:30": Counter(), "in the gap or fold": Counter(), "*/5": Counter()}
    for transition, zone in distinct().items():
        amid = (
            transition.at + (transition.before + transition.after) / 2
        ).time()  # halfway between what is shown before and after
        for name, rule in (("07:00", Rule(time(7))), ("02:30", Rule(time(2, 30))), ("in the gap or fold", Rule(amid))):
            found[name] += _daily(make(rule, zone), rule, transition, zone)
        if make is not by_hand:
            found["*/5"] += _five(make(Rule(None), zone), transition, zone)
    return found


def _daily(following: Next, rule: Rule, transition: Transition, zone: str) -> Counter[str]:
    shown = _shown(transition, zone)
    start, end = transition.at - AROUND, transition.at + AROUND
    expected = {wall.date(): at for wall, at in shown.items() if wall.time() == rule.at and start < at <= end}
    fired = list(_walk(following, start, end))
    # A time is meant for the day whose own is nearest: what midnight's gap skips may come on the next.
    times = Counter(min(expected, key=lambda day: abs(expected[day] - at)) for at in fired)
    return +Counter(
        lost=len(expected.keys() - times.keys()),
        doubled=sum(count - 1 for count in times.values()),
        moved=len(set(fired) - set(expected.values())) if len(fired) == len(expected) else 0,
    )


def _five(following: Next, transition: Transition, zone: str) -> Counter[str]:
    start, end, local = transition.at - CLOSE_BY, transition.at + CLOSE_BY, ZoneInfo(zone)
    minutes = (start + n * MINUTE for n in range(1, int((end - start) / MINUTE) + 1))
    expected = {at for at in minutes if at.astimezone(local).minute % 5 == 0}
    fired = Counter(_walk(following, start, end))
    return +Counter(lost=len(expected - fired.keys()), extra=sum(fired.values()) - len(expected & fired.keys()))


def _walk(following: Next, at: datetime, end: datetime) -> Iterator[datetime]:
    while (then := following(at)) <= end:
        if then <= at:  # it would fire for ever
            return
        yield then
        at = then
