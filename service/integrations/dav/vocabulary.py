"""What a kind calls its collections, its objects and how they are asked for, and how it reads one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from service.domain.items import Item


@dataclass(frozen=True, slots=True)
class Words:
    """Names as in "{DAV:}prop"; `one` and `many` as a person says them."""

    one: str  # "calendar"
    many: str
    setting: str  # the key in the config that chooses among them
    collection: str  # its resourcetype
    home: str  # a principal's property that says where they lie
    data: str  # an object's content as a property
    multiget: str
    well_known: str  # RFC 8615 name
    service: str  # RFC 2782 label, without encryption's "s"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one object holds: items with what tells them apart within it, and what of it can't be read, in words.

    Nearly always there is one, as RFC 4791 section 4.1 and RFC 6352 section 5.1 want it.
    """

    items: Sequence[tuple[str, Item]] = ()
    wrong: Sequence[str] = field(default=())


class Kind(Protocol):
    @property
    def words(self) -> Words: ...

    def read(self, data: bytes, path: str, collection: str) -> Reading:
        """`collection` is the name that its person gave it."""
        ...

    def soon(self, now: datetime) -> str:
        """A REPORT's body that finds what matters in these days, so that it is read first; "" where there is no such thing."""
        ...
