"""The wall clock set forward and back, a service that was away for hours, and both changes of daylight saving time."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from service.courier import TOO_LATE
from service.store import tables
from tests.e2e.chaos.rounds import Beginning, Round, Scenario
from tests.e2e.chaos.verdict import Verdict

SLEPT = "the machine slept, or its clock was set, in the middle of sending"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HALF_PAST = tuple(f"{hour:02}:30" for hour in range(24))
ZONES = ("Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Auckland", "Africa/Cairo")
JUMPS = (HOUR, -HOUR, DAY, -timedelta(minutes=10))


def set_anywhere(at: Round) -> None:
    """Just before something is due, and then, in the middle of it, elsewhere."""
    _go_on(at)
    at.pause(0, 3)
    _set(at, at.chance.choice(JUMPS))
    at.pause(0.5, 2)


def stopped_past_three_due_times(at: Round) -> None:
    _go_on(at)
    at.pause(0, 3)
    for member in at.topology.members:
        (member.kill if at.chance.random() < 0.5 else member.stop)()
    _set(at, timedelta(minutes=at.chance.randint(185, 300)))
    at.topology.revive()
    at.pause(1, 3)


def over_a_change_of_time(at: Round) -> None:
    """Hour by hour, now and then with a step back or a long sleep in between."""
    _go_on(at)
    at.pause(1.5, 3)
    if at.chance.random() < 0.3:
        _set(at, at.chance.choice([-timedelta(minutes=10), timedelta(minutes=100)]))
        at.pause(0.5, 1.5)


def _go_on(at: Round) -> None:
    """To two seconds before the next due time."""
    now = at.topology.now
    due = next(due for _, due in _slots(at, now, now + 3 * HOUR) if due > now + timedelta(seconds=2))
    _set(at, due - timedelta(seconds=2) - now)


def _set(at: Round, by: timedelta) -> None:
    clock = at.topology.clock
    assert clock is not None
    at.marks.append(at.topology.now)
    clock.set(clock.seconds + int(by.total_seconds()))
    at.marks.append(at.topology.now)


def _beyond(at: Round) -> None:
    """Further than it ever was, and five minutes after something was due: nothing waits for its time any more."""
    furthest = max(at.marks)
    *_, (_, due) = _slots(at, furthest, furthest + 2 * HOUR)
    _set(at, due + timedelta(minutes=5) - at.topology.now)
    at.pause(4, 4)


# --- what should have been, by brute force ----------------------------------------------------------------------------------


def _slots(at: Round, after: datetime, until: datetime) -> Iterator[tuple[str, datetime]]:
    """Every minute of UTC that is the first to show, or to be past, one of the wall times: (slot's name, due time)."""
    zone = ZoneInfo(at.topology.people[0].timezone)
    seen: set[tuple[date, int]] = set()
    moment = (after - 2 * DAY).replace(second=0, microsecond=0)
    before = moment.astimezone(zone).replace(tzinfo=None)
    while moment <= until:
        local = moment.astimezone(zone).replace(tzinfo=None)
        for ordinal in range(24):
            for day in (local.date(), before.date()):
                wall = datetime.combine(day, datetime.min.time()) + timedelta(hours=ordinal, minutes=30)
                if before < wall <= local and (day, ordinal) not in seen:
                    seen.add((day, ordinal))
                    if after < moment <= until:
                        yield f"{day.isoformat()}.{ordinal}", moment
        before = max(before, local) if local < before else local
        moment += timedelta(minutes=1)


def _judged(at: Round) -> Verdict:
    """Every slot between the start and the furthest moment has one row that ended: sent, or skipped because a newer one took its
    place or it came too late to be of use, or failed because the clock jumped past its use in the middle of sending; then nothing
    of it arrived.
    """
    o, d = tables.occurrence, tables.delivery
    verdict = Verdict()
    rows = at.topology.rows(select(o))
    expected = {name for name, _ in _slots(at, at.began, max(at.marks))}
    verdict.released = len(expected) * len(at.topology.people[0].cadences)
    for cadence in at.topology.people[0].cadences:
        mine = {row.slot: row for row in rows if row.cadence == cadence}
        verdict.lost += [f"{cadence} {slot}: no row" for slot in sorted(expected - set(mine))]
        newest = max((slot for slot in mine), key=lambda slot: mine[slot].due_at)
        verdict.unexplained += [
            f"{cadence} {row.slot}: {row.outcome} {row.reason!r}"
            for row in mine.values()
            if row.outcome != "sent" and not (_came_too_late(row) and row.slot != newest)
        ]
    verdict.unended = [f"{row.cadence} {row.slot}: {row.state}" for row in rows if row.state != "ended"]
    verdict.outcomes = dict(Counter(row.outcome for row in rows))
    arrived = at.witness.count("mail")
    known = {f"<{one.key}@reveille.invalid>": one for one in at.topology.rows(select(d))}
    verdict.duplicates = [f"{key} × {times}" for key, times in arrived.items() if times > 1 or key not in known]
    verdict.lost += [f"{one.channel}: marked sent, never arrived" for key, one in known.items() if _lost(one, arrived[key])]
    verdict.unexplained += [
        f"{one.channel}: {one.state}, and yet it arrived" for key, one in known.items() if _unsaid(one) and arrived[key]
    ]
    return verdict


def _came_too_late(row: Any) -> bool:
    if row.outcome == "failed":
        return row.reason.endswith(TOO_LATE) or SLEPT in row.reason
    return row.reason.startswith(("superseded", "expired"))


def _unsaid(delivery: object) -> bool:
    return getattr(delivery, "state", "") in {"failed", "skipped"}


def _lost(delivery: object, times: int) -> bool:
    return getattr(delivery, "state", "") == "sent" and times == 0


# --- where it begins ---------------------------------------------------------------------------------------------------------


def _here(chance: random.Random) -> Beginning:
    return Beginning(datetime.now(UTC), chance.choice(ZONES), {"h": _hourly("12h"), "g": _hourly("45m")})


def _before_a_change(chance: random.Random) -> Beginning:
    """Some hours before the clocks of a zone are changed in 2027."""
    zone = chance.choice(ZONES)
    moment = datetime(2027, 1, 1, tzinfo=UTC)
    changes = []
    for _ in range(366 * 24):
        if (moment + HOUR).astimezone(ZoneInfo(zone)).utcoffset() != moment.astimezone(ZoneInfo(zone)).utcoffset():
            changes.append(moment)
        moment += HOUR
    return Beginning(chance.choice(changes) - chance.randint(1, 3) * HOUR, zone, {"h": _hourly("12h"), "g": _hourly("45m")})


def _hourly(useful: str) -> dict[str, object]:
    return {"at": list(HALF_PAST), "useful": useful}


SCENARIOS = (
    Scenario("clock set anywhere", set_anywhere, begins=_here, ends=_beyond, judged=_judged),
    Scenario("stopped past three due times", stopped_past_three_due_times, begins=_here, ends=_beyond, judged=_judged),
    Scenario(
        "over a change of time", over_a_change_of_time, quick=6, round=6, begins=_before_a_change, ends=_beyond, judged=_judged
    ),
)
