from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from threading import Event

import pytest

from service.ahead import ahead


def test_all_items_come_in_order() -> None:
    assert list(ahead(iter([1, 2, 3]))) == [1, 2, 3]


def test_next_item_is_fetched_while_the_last_is_in_use() -> None:
    fetched = Event()

    def items() -> Iterator[int]:
        yield 1
        fetched.set()
        yield 2

    with closing(ahead(items())) as following:
        assert next(following) == 1
        assert fetched.wait(5)


def test_what_stops_the_items_reaches_the_caller_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    following = ahead(items())
    assert next(following) == 1
    with pytest.raises(OSError, match="gone"):
        next(following)


def test_giving_up_closes_the_items() -> None:
    closed = []

    def items() -> Iterator[int]:
        try:
            yield from range(9)
        finally:
            closed.append(True)

    with closing(ahead(items())) as following:
        next(following)
    assert closed == [True]
