"""Reading on while the reader's consumer works."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Generator[T]:
    """The same items; the next one is fetched in a thread while the caller has the last. Closing it closes `items`."""
    acting = copy_context()  # on whose behalf this is read goes along into the thread
    with ThreadPoolExecutor(1, "ahead") as thread:
        coming: Future[T | None] = thread.submit(acting.run, lambda: next(items, None))
        try:
            while (item := coming.result()) is not None:
                coming = thread.submit(acting.run, lambda: next(items, None))
                yield item
        finally:
            coming.cancel()
            thread.submit(acting.run, _close, items).result()


def _close(items: Iterator[object]) -> None:
    if isinstance(items, Generator):
        items.close()
