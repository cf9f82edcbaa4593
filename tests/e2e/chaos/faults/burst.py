"""Everybody's cadences due in one minute: ten thousand in the long profile, two thousand for each of five people."""

from __future__ import annotations

import time

from sqlalchemy import func, select

from service.store import tables
from tests.e2e.chaos.rounds import Round, Scenario
from tests.e2e.driver import until

PATIENCE = 900.0


def all_at_once(at: Round) -> None:
    """And some mornings in the middle of them, which must not wait until all the others are through."""
    watches = [(someone.id, name) for someone in at.topology.people for name in someone.watches]
    o = tables.occurrence
    before = len(at.topology.rows(select(o.c.id).where(o.c.state == "ended")))
    began = time.monotonic()
    at.topology.release(watches)
    at.pause(0, 1)
    mornings = sum(len(at.release_of(someone, 2)) for someone in at.topology.people)
    wanted = before + len(watches) + mornings
    until(lambda: _ended(at) >= wanted, PATIENCE, at.topology.state)
    at.seen["seconds"] += round(time.monotonic() - began)
    at.seen["occurrences"] += wanted - before
    if at.chance.random() < 0.5:
        at.kill(at.someone("worker"))


def _ended(at: Round) -> int:
    o = tables.occurrence
    rows = at.topology.rows(select(func.count()).where(o.c.state == "ended"))
    return int(rows[0][0]) if rows else 0


SCENARIOS = (
    Scenario(
        "ten thousand due in one minute",
        all_at_once,
        ("redis", "rabbit"),
        quick=1,
        quick_on=("redis",),
        round=1,
        may_end=frozenset({"sent", "skipped"}),
        options={"watches": 40},
        long={"watches": 2000},
    ),
)
