"""Ways to know when a rule is due next, each as `rule, zone → (after → the next moment after it)` in aware UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from service.domain.ledger import Every, WallTimes
from service.domain.timetable import compiled
from service.domain.zones import moment, seconds

Next = Callable[[datetime], datetime]
"""From a moment to the next due one after it."""


class Rule(NamedTuple):
    """Daily at a wall time, or (None) every five minutes."""

    at: time | None

    @property
    def cron(self) -> str:
        return f"{self.at.minute} {self.at.hour} * * *" if self.at else "*/5 * * * *"


Make = Callable[[Rule, str], Next]
"""For a rule and a zone's name."""


def ours(rule: Rule, zone: str) -> Next:
    table = compiled(WallTimes((rule.at,)) if rule.at else Every(timedelta(minutes=5)), zone)

    def following(after: datetime) -> datetime:
        found = table.after(seconds(after))
        assert found is not None
        return moment(found[0])

    return following


def cronsim(rule: Rule, zone: str) -> Next:
    """An iterator from a moment on: asked about another moment, it is built anew."""
    from cronsim import CronSim

    expression, local = rule.cron, ZoneInfo(zone)
    return lambda after: next(CronSim(expression, after.astimezone(local))).astimezone(UTC)


def apscheduler(rule: Rule, zone: str) -> Next:
    """As its scheduler asks: with the time it fired last, and a moment later."""
    from apscheduler.triggers.cron import CronTrigger

    trigger = CronTrigger.from_crontab(rule.cron, ZoneInfo(zone))
    return lambda after: trigger.get_next_fire_time(after, after + timedelta(microseconds=1)).astimezone(UTC)


def celery(rule: Rule, zone: str) -> Next:
    from celery import Celery
    from celery.schedules import crontab
    from celery.utils.time import remaining

    app, local = Celery("bench", set_as_current=False), ZoneInfo(zone)
    app.conf.timezone = zone
    now = datetime.now(UTC)
    schedule = crontab(*rule.cron.split(), app=app, nowfun=lambda: now)

    def following(after: datetime) -> datetime:
        nonlocal now
        now = after.astimezone(local)
        return after + remaining(*schedule.remaining_delta(now))

    return following


def by_hand(rule: Rule, zone: str) -> Next:
    """What one writes with `zoneinfo` and care: a gap shifts by its length (RFC 5545), of a fold the first."""
    assert rule.at is not None, "by hand only daily rules are written"
    at, local = rule.at, ZoneInfo(zone)

    def following(after: datetime) -> datetime:
        due = datetime.combine(after.astimezone(local).date(), at, local)
        while (found := due.astimezone(UTC)) <= after:
            due += timedelta(days=1)
        return found

    return following
