"""What becomes of a cadence when the clock looks at it: the slots it is given, and when it is looked at next. In whole seconds since
the epoch, so that cadences with the same timing share one answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from service.domain.ledger import Every, WallTimes
from service.domain.schedule import WORTH_SAYING
from service.domain.timetable import compiled
from service.domain.zones import DAY, SECOND, moment

NEVER = 365 * DAY
"""When a cadence that has no slot in sight is looked at again."""
SUPERSEDED = "superseded by a newer one"
Silent = Callable[[datetime], str]
"""Why what was due then is not said; "" where nothing keeps it from being said."""


class Given(NamedTuple):
    """A slot as the ledger is to hold it. `reason`: why it is ended as soon as it is there; "" where it is to be run."""

    slot: str
    day: str  # YYYYMMDD, what the row's id begins with
    prepare_at: int
    due_at: int
    useful_until: int
    reason: str = ""
    stands_for: int = 1  # slots: what was missed counts here


class Step(NamedTuple):
    """`gives_way`: what was planned earlier, due before this moment, and of which nothing has gone out, is superseded."""

    given: tuple[Given, ...]
    until: int  # every slot up to here has its row
    next_at: int
    gives_way: int | None = None


def wall_step(timing: WallTimes, zone: str, until: int, now: int, is_holiday: Callable[[date], bool], silent: Silent) -> Step:
    """Slots that are to be prepared by `now`, each once. Of those that are past, the newest is run while it is of use."""
    table, prepare, useful = compiled(timing, zone), timing.prepare // SECOND, timing.useful // SECOND
    slots = list(table.between(until, now + prepare, is_holiday))
    past = sum(due <= now for due, _ in slots)

    def why(nth: int, due: int) -> str:
        if nth >= past:
            return ""
        of_no_use = SUPERSEDED if nth < past - 1 else _expired(due + useful, zone) if due + useful <= now else ""
        return silent(moment(due)) or of_no_use

    given = (Given(name, _day(name), due - prepare, due, due + useful, why(nth, due)) for nth, (due, name) in enumerate(slots))
    planned = max(until, now + prepare)
    following = table.after(planned, is_holiday)
    next_at = max(following[0] - prepare, now) if following else now + NEVER
    return Step(tuple(given), planned, next_at, gives_way=slots[past - 1][0] if past else None)


def interval_step(timing: Every, until: int, now: int, silent: Silent) -> Step:
    """The newest slot at or before `now`, which stands for those that were missed as well."""
    every = timing.interval // SECOND
    due = now - now % every
    next_at = due + every
    if due <= until:
        return Step((), max(until, now), next_at)
    [(_, name)] = compiled(timing, "UTC").between(due - 1, due)
    useful = max(2 * every, WORTH_SAYING // SECOND)
    count = now // every - until // every
    return Step((Given(name, _day(name), due, due, due + useful, silent(moment(due)), count),), max(until, now), next_at)


def _day(slot: str) -> str:
    return slot[:4] + slot[5:7] + slot[8:10]


def _expired(useful_until: int, zone: str) -> str:
    return f"expired: of no use after {moment(useful_until).astimezone(ZoneInfo(zone)):%a %H:%M}"
