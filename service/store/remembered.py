"""Documents that were read lately, so that a briefing, its second look and the meeting briefs of a day unpack each of them once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")
_Key = tuple[type[Any], bytes]


class Remembered:
    """Kept by their packed bytes, which change whenever a document does: nothing here can be out of date.

    Only for frozen documents, which their readers share. `most` bounds the packed bytes: when half of it is full, what was
    not asked for since the last time goes. Threads may meet here without a lock: at worst a document is unpacked twice.
    """

    def __init__(self, unpack: Callable[[bytes, type[Any]], Any], most: int) -> None:
        self._unpack, self._half = unpack, most // 2
        self._lately: dict[_Key, Any] = {}
        self._before: dict[_Key, Any] = {}
        self._size = 0

    def __call__(self, data: bytes, shape: type[T]) -> T:
        key = (shape, data)
        found = self._lately.get(key)
        if found is None:
            found = self._before.get(key) or self._unpack(data, shape)
            self._keep(key, found)
        return cast("T", found)

    def _keep(self, key: _Key, found: object) -> None:
        if self._size + len(key[1]) > self._half:
            self._before, self._lately, self._size = self._lately, {}, 0
        if len(key[1]) <= self._half:
            self._lately[key] = found
            self._size += len(key[1])
