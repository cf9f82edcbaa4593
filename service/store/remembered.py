"""Documents that were read lately, so that a briefing, its second look and the meeting briefs of a day unpack each of them once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Remembered:
    """Kept by their packed bytes, which change whenever a document does: nothing here can be out of date.

    Only for frozen documents, which their readers share. `most` bounds the packed bytes; the longest unused go first.
    """

    def __init__(self, unpack: Callable[[bytes, type[Any]], Any], most: int) -> None:
        self._unpack, self._most = unpack, most
        self._known: OrderedDict[tuple[type[Any], bytes], Any] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def __call__(self, data: bytes, shape: type[T]) -> T:
        key = (shape, data)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return cast("T", self._known[key])
        found = self._unpack(data, shape)
        self._keep(key, found)
        return cast("T", found)

    def _keep(self, key: tuple[type[Any], bytes], found: object) -> None:
        with self._lock:
            if key not in self._known:
                self._known[key] = found
                self._size += len(key[1])
            while self._size > self._most:
                (_, oldest), _ = self._known.popitem(last=False)
                self._size -= len(oldest)
