"""Both readers give the same, in order; what kills the isolated one is a problem of that message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from service.domain.raw import RawMessage
from service.domain.sync import Problem
from service.isolation import Isolated
from service.mail import reader
from service.mail.reader import InlineMailReader, IsolatedMailReader

STORED = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)


def raws(count: int) -> Iterator[RawMessage]:
    for n in range(count):
        yield RawMessage(f"From: a{n}@x.example\nSubject: {n}\n\nhi {n}".encode(), "mail", f"ref{n}", STORED)


@pytest.fixture
def pool() -> Iterator[Isolated]:
    with Isolated(time_limit=reader.TIME_LIMIT, memory_limit=reader.MEMORY_LIMIT) as isolated:
        yield isolated


def test_isolated_and_inline_read_the_same(pool: Isolated) -> None:
    own = frozenset({"a3@x.example"})
    assert list(IsolatedMailReader(pool).read(raws(150), own)) == list(InlineMailReader().read(raws(150), own))


class Breaking(RawMessage):
    """Its bytes blow up where they are unpacked: as a crash in a parser would."""

    __slots__ = ()

    def __reduce__(self) -> tuple[object, ...]:
        return (RawMessage, (None, self.account, self.ref, self.stored_at))


def test_what_kills_the_reader_is_a_problem_of_that_message(pool: Isolated) -> None:
    good = list(raws(2))
    answers = list(IsolatedMailReader(pool).read([good[0], Breaking(b"", "mail", "bad", STORED), good[1]], frozenset()))
    assert [a.subject if not isinstance(a, Problem) else a.where for a in answers] == ["0", "bad", "1"]
