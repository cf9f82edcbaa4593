"""Cadences for the burst: half every five minutes, half daily in eight zones, spread as `burst_floor.py` spreads its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from service.domain.ledger import Cadence, Every, WallTimes
from service.store import EVERYBODY, Store, acting_as
from service.store.cadences import Planned
from service.store.tables import cadence

ZONES = (
    "Europe/Zurich",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "America/Sao_Paulo",
    "Asia/Tokyo",
    "Europe/London",
    "America/Los_Angeles",
)


def fill(store: Store, count: int, percent: int, now: datetime) -> None:
    """`percent` of them are due since a second ago; the others in the hour to come."""
    made = rows(count, 100 // percent, now)
    with acting_as(EVERYBODY), store.database.write() as on:
        while batch := list(islice(made, 10_000)):
            on.execute(insert(cadence), batch)
    with store.database.engine.connect() as on:
        on.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)" if store.database.is_sqlite else "ANALYZE cadence")


def rows(count: int, step: int, now: datetime) -> Iterator[dict[str, Any]]:
    """Of the table `cadence`: every `step`-th pair is due."""
    wall = [_when(_morning(zone, now), zone, now) for zone in ZONES]
    every = [_when(Every(timedelta(minutes=5)), zone, now) for zone in ZONES]
    for n in range(count):
        due = n // 2 % step == 0
        kind, timing = (every if n & 1 else wall)[n % 8]
        yield {
            "person": f"person-{n >> 2}",
            "name": f"cadence-{n % 4}",
            "job": "triage" if n & 1 else "morning",
            "kind": kind,
            "timing": timing,
            "document": {"to": [], "options": {}},
            "next_at": now - timedelta(seconds=1) if due else now + timedelta(seconds=60 + n * 7919 % 3600),
            "planned_until": now - timedelta(minutes=5) if n & 1 else now - timedelta(seconds=2),
            "digest": "",
        }


def _morning(zone: str, now: datetime) -> WallTimes:
    """To be prepared since a second ago."""
    due = now - timedelta(seconds=1) + WallTimes(()).prepare
    return WallTimes((due.astimezone(ZoneInfo(zone)).time(),))


def _when(timing: WallTimes | Every, zone: str, now: datetime) -> tuple[str, str]:
    planned = Planned(Cadence("", "", "", timing), zone, "ch-zh", now, now)
    return planned.kind, planned.when()
