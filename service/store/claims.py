"""Taking occurrences: the statements of each kind of claim, built once, for building them costs more than sending them.

`ids`, `at` (now) and `until` (when the lease runs out) are bound to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Select, Update, and_, bindparam, case, exists, func, or_, select, update

from service.domain.ledger import State
from service.store.tables import occurrence as t

RUNNING = (State.PREPARING, State.DELIVERING)
SUSPECT = 2
"""How often a worker may end with a row before it is run by itself: machines fail, and seldom twice over the same thing."""
PER_PERSON = 2
"""How many runs of one person may be under way at once: a first sync of a large mailbox leaves room for everybody else."""

_AT = bindparam("at", type_=t.c.due_at.type)
_UNTIL = bindparam("until", type_=t.c.lease_until.type)


class Claim(NamedTuple):
    ask: Select[Any]
    """Which of them are there to be taken, and what they are about."""
    take: Update
    """Takes those, where nothing else of the same is under way."""


def _claim(free: Any, ready_at: Any, values: Mapping[str, Any]) -> Claim:
    rested = or_(t.c.not_before.is_(None), t.c.not_before <= _AT)
    ready = and_(t.c.id.in_(bindparam("ids", expanding=True)), free, ready_at <= _AT, rested)
    held = {
        "fence": t.c.fence + 1,
        "lease_until": _UNTIL,
        "wake_at": _UNTIL,
        "started_at": func.coalesce(t.c.started_at, _AT),
    }
    take = update(t).where(ready, _alone()).values(held | dict(values)).returning(t)
    return Claim(select(t.c.id, t.c.person, t.c.cadence, t.c.subject).where(ready), take)


def _alone() -> Any:
    """No other occurrence of the same cadence and subject is being worked on."""
    other = t.alias()
    same = and_(
        other.c.person == t.c.person, other.c.cadence == t.c.cadence, other.c.subject == t.c.subject, other.c.id != t.c.id
    )
    return ~exists().where(same, other.c.ended_at.is_(None), other.c.state.in_(RUNNING), other.c.lease_until >= _AT)


def _room() -> Any:
    """The person has fewer than `PER_PERSON` runs under way."""
    other = t.alias()
    busy = and_(other.c.person == t.c.person, other.c.ended_at.is_(None), other.c.state == State.PREPARING)
    return select(func.count()).where(busy, other.c.lease_until >= _AT).scalar_subquery() < PER_PERSON


def _died(state: State) -> Any:
    return and_(t.c.state == state, t.c.lease_until < _AT)


def _deaths(died: Any) -> Any:
    return t.c.deaths + case((died, 1), else_=0)


_LOST, _CUT_OFF = _died(State.PREPARING), _died(State.DELIVERING)
_PREPARING = {"state": State.PREPARING, "attempts": t.c.attempts + 1, "deaths": _deaths(_LOST)}
_UNSUSPECTED = or_(and_(t.c.state == State.DUE, t.c.deaths < SUSPECT), and_(_LOST, t.c.deaths + 1 < SUSPECT))
_IDLE = and_(t.c.state == State.DELIVERING, t.c.lease_until.is_(None))

TO_PREPARE = _claim(or_(t.c.state == State.DUE, _LOST), t.c.prepare_at, _PREPARING)
FRESH_TO_PREPARE = _claim(and_(_UNSUSPECTED, _room()), t.c.prepare_at, _PREPARING)
TO_DELIVER = _claim(
    or_(t.c.state == State.PREPARED, _IDLE, _CUT_OFF), t.c.due_at, {"state": State.DELIVERING, "deaths": _deaths(_CUT_OFF)}
)
