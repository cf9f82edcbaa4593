"""How soon something is due, and how to say so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.domain.verdicts import Request, When

_DAY_ENDS = time(18)


def earliest(requests: Iterable[Request], zone: ZoneInfo) -> When | None:
    """The due time that comes first; unclear ones ("asap") last."""
    return min(
        (r.due for r in requests if r.due), key=lambda due: moment(due, zone) or datetime.max.replace(tzinfo=zone), default=None
    )


def moment(due: When, zone: ZoneInfo) -> datetime | None:
    if due.at is not None:
        return due.at
    return datetime.combine(due.on, _DAY_ENDS, zone) if due.on else None


def hours_left(due: When | None, sent_at: datetime, zone: ZoneInfo) -> float | None:
    """From when it was asked; a date lasts until six in the evening. None where the words leave it open."""
    if due is None:
        return None
    then = moment(due, zone)
    return None if then is None else (then - sent_at) / timedelta(hours=1)


def same_day(due: When | None, sent_at: datetime, zone: ZoneInfo) -> bool:
    then = moment(due, zone) if due else None
    return then is not None and (
        then.astimezone(zone).date() <= sent_at.astimezone(zone).date() or then - sent_at < timedelta(hours=12)
    )


def in_words(due: When, zone: ZoneInfo) -> str:
    """As "due Tue 12 May 17:00"; the words themselves where they leave it open."""
    if due.at is not None:
        local = due.at.astimezone(zone)
        return f"due {local:%a} {local.day} {local:%b} {local:%H:%M}"
    if due.on is not None:
        return f"due {due.on:%a} {due.on.day} {due.on:%b}"
    return f"due: {due.words}"
