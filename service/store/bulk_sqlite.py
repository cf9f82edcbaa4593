"""The clock's hot path on SQLite: statements that are prepared once and bound for each row."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import Connection

from service.domain.ledger import Outcome, State
from service.domain.zones import moment, seconds
from service.store.bulk import Claimed, Looked, New
from service.store.raw import raw_cursor

CLAIM = """
SELECT rowid, person, name, job, kind, timing, planned_until, last FROM cadence
WHERE next_at <= ? AND kind <> 'events' ORDER BY next_at LIMIT ?"""

ABSORB = """
DELETE FROM occurrence WHERE id IN (SELECT value FROM json_each(?)) AND state = 'due' AND attempts = 0 RETURNING id, count"""

OLDER = """
SELECT id FROM occurrence WHERE person = ? AND cadence = ? AND ended_at IS NULL AND state IN ('due', 'prepared') AND due_at < ?
  AND slot NOT LIKE 'manual:%'"""

LOOKED = "UPDATE cadence SET next_at = ?, planned_until = ?, last = ? WHERE rowid = ?"

NEW = """
INSERT OR IGNORE INTO occurrence
  (id, person, cadence, slot, job, prepare_at, due_at, useful_until, wake_at, state, outcome, reason, ended_at, count)
SELECT ?1, person, name, ?2, job, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 FROM cadence WHERE rowid = ?12"""


class SqliteBulk:
    best = 2000

    def claim(self, on: Connection, now: datetime, limit: int) -> Sequence[Claimed]:
        with raw_cursor(on) as cursor:
            return [Claimed(*row) for row in cursor.execute(CLAIM, (_exactly(now), limit))]

    def seconds(self, until: str | datetime) -> int:
        assert isinstance(until, str)
        return seconds(datetime.fromisoformat(until).replace(tzinfo=UTC))

    def absorb(self, on: Connection, ids: Collection[str]) -> Mapping[str, int]:
        with raw_cursor(on) as cursor:
            return dict(cursor.execute(ABSORB, (json.dumps(list(ids)),)).fetchall())

    def older(self, on: Connection, than: Sequence[tuple[str, str, int]]) -> Collection[str]:
        with raw_cursor(on) as cursor:
            found = (cursor.execute(OLDER, (person, name, _said(before))).fetchall() for person, name, before in than)
            return [id for rows in found for (id,) in rows]

    def write(self, on: Connection, looked: Sequence[Looked], new: Sequence[New], now: datetime) -> Collection[str]:
        at = _exactly(now)
        with raw_cursor(on) as cursor:
            cursor.executemany(LOOKED, [(_said(next_at), _said(until), last, ref) for ref, next_at, until, last in looked])
            [(newest,)] = cursor.execute("SELECT coalesce(max(rowid), 0) FROM occurrence")
            cursor.executemany(NEW, [_row(n, looked[n.nth].ref, at) for n in new])
            if cursor.rowcount == len(new):
                return {n.id for n in new}
            return {id for (id,) in cursor.execute("SELECT id FROM occurrence WHERE rowid > ?", (newest,))}


def _row(new: New, ref: str | int, now: str) -> tuple[str | int | None, ...]:
    _, id, given, wake_at, count = new
    slot, _, prepare_at, due_at, useful_until, reason, _ = given
    times = (_said(prepare_at), _said(due_at), _said(useful_until))
    if reason:
        return id, slot, *times, None, State.ENDED.value, Outcome.SKIPPED.value, reason, now, count, ref
    return id, slot, *times, _said(wake_at), State.DUE.value, None, "", None, count, ref


@lru_cache(1 << 14)
def _said(at: int) -> str:
    """As SQLAlchemy writes moments. Many rows share few."""
    return _exactly(moment(at))


def _exactly(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
