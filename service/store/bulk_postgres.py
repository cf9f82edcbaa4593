"""The clock's hot path on PostgreSQL: one statement claims, one writes. Columns travel as array literals, written by joining: their
words are ids, slots and numbers, and what a person named stays in the database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from service.domain.zones import seconds
from service.store.bulk import Claimed, Looked, New
from service.store.raw import raw_cursor

SETTINGS = "SET LOCAL synchronous_commit = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
"""What a crash takes of the plan is planned again, and whoever works on what was planned commits after it. And however few rows the
policies make it expect, the database is to read the oldest by the index: sorting all that is due for each batch would be most of it.
"""

CLAIM = """
SELECT ctid::text, person, name, job, kind, timing, planned_until, last FROM cadence
WHERE next_at <= %s AND kind <> 'events' ORDER BY next_at LIMIT %s FOR UPDATE SKIP LOCKED"""

UNCLAIMED = """
SELECT id FROM occurrence WHERE id = ANY(%s::varchar[]) AND state = 'due' AND attempts = 0 FOR UPDATE SKIP LOCKED"""
"""One that is locked is being claimed."""

ABSORB = "DELETE FROM occurrence WHERE id = ANY(%s::varchar[]) RETURNING id, count"

OLDER = """
SELECT o.id FROM unnest(%s::varchar[], %s::varchar[], %s::bigint[]) AS newest (person, cadence, due)
JOIN occurrence AS o ON o.person = newest.person AND o.cadence = newest.cadence
WHERE o.ended_at IS NULL AND o.state IN ('due', 'prepared') AND o.due_at < to_timestamp(newest.due) AND o.slot NOT LIKE 'manual:%%'
FOR UPDATE OF o"""

WRITE = """
WITH looked AS (
  UPDATE cadence AS c SET next_at = to_timestamp(l.next_at), planned_until = to_timestamp(l.until), last = l.last
  FROM unnest(%s::tid[], %s::bigint[], %s::bigint[], %s::varchar[]) WITH ORDINALITY AS l (ref, next_at, until, last, nth)
  WHERE c.ctid = l.ref RETURNING l.nth, c.person, c.name, c.job
)
INSERT INTO occurrence
  (id, person, cadence, slot, job, prepare_at, due_at, useful_until, wake_at, state, outcome, reason, ended_at, count)
SELECT n.id, looked.person, looked.name, n.slot, looked.job,
  to_timestamp(n.prepare_at), to_timestamp(n.due_at), to_timestamp(n.useful_until),
  CASE WHEN n.reason = '' THEN to_timestamp(n.wake_at) END,
  CASE WHEN n.reason = '' THEN 'due' ELSE 'ended' END,
  CASE WHEN n.reason <> '' THEN 'skipped' END, n.reason,
  CASE WHEN n.reason <> '' THEN %s::timestamptz END, n.count
FROM unnest(
  %s::bigint[], %s::varchar[], %s::varchar[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::int[]
) AS n (nth, id, slot, prepare_at, due_at, useful_until, wake_at, reason, count) JOIN looked USING (nth)
ON CONFLICT DO NOTHING RETURNING id"""


class PostgresBulk:
    best = 1000

    def claim(self, on: Connection, now: datetime, limit: int) -> Sequence[Claimed]:
        with raw_cursor(on) as cursor:
            cursor.execute(SETTINGS, prepare=False)
        with raw_cursor(on, binary=True) as cursor:
            return [Claimed(*row) for row in cursor.execute(CLAIM, (now, limit)).fetchall()]

    def seconds(self, until: str | datetime) -> int:
        assert isinstance(until, datetime)
        return seconds(until)

    def absorb(self, on: Connection, ids: Collection[str]) -> Mapping[str, int]:
        with raw_cursor(on, binary=True) as cursor:
            unclaimed = [id for (id,) in cursor.execute(UNCLAIMED, (_words(ids),)).fetchall()]
            return dict(cursor.execute(ABSORB, (_words(unclaimed),)).fetchall()) if unclaimed else {}

    def older(self, on: Connection, than: Sequence[tuple[str, str, int]]) -> Collection[str]:
        with raw_cursor(on, binary=True) as cursor:
            columns = [list(column) for column in zip(*than, strict=True)]
            return [id for (id,) in cursor.execute(OLDER, columns).fetchall()]

    def write(self, on: Connection, looked: Sequence[Looked], new: Sequence[New], now: datetime) -> Collection[str]:
        refs, next_at, until, last = zip(*looked, strict=True)
        columns = (
            _words(refs),
            _numbers(next_at),
            _numbers(until),
            _words(last),
            now,
            _numbers(n.nth + 1 for n in new),  # PostgreSQL counts from one
            _words(n.id for n in new),
            _words(n.given.slot for n in new),
            _numbers(n.given.prepare_at for n in new),
            _numbers(n.given.due_at for n in new),
            _numbers(n.given.useful_until for n in new),
            _numbers(n.wake_at for n in new),
            _words(n.given.reason for n in new),
            _numbers(n.stands_for for n in new),
        )
        with raw_cursor(on, binary=True) as cursor:
            return {id for (id,) in cursor.execute(WRITE, columns).fetchall()}


def _words(words: Iterable[str]) -> str:
    """An array of words without quotes or backslashes."""
    quoted = ",".join([f'"{word}"' for word in words])
    return "{" + quoted + "}"


def _numbers(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"
