"""What a reading of one calendar changes in what is held of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

from service.domain.items import Series
from service.domain.sync import Change, Delete, Problem, Upsert

FORMAT = 1
"""Part of every stamp and cursor: raised when series are read differently, so that all are read once more."""

PAGE = 200  # changes
_WRITTEN_ANEW = re.compile(r"^DTSTAMP[:;].*\r\n", re.MULTILINE)  # Google's says when it was asked


def ref(place: str, uid: str) -> str:
    return f"{place}#{uid}"


def stamp(series: Series) -> str:
    """Changes with what the calendar says, not with when it was written down."""
    said = _WRITTEN_ANEW.sub("", series.ical)
    return hashlib.blake2b(f"{FORMAT}\n{said}".encode(), digest_size=16).hexdigest()


def compare(
    place: str, series: Sequence[Series], problems: Sequence[Problem], held: Mapping[str, str], *, whole: bool
) -> Iterator[Change]:
    """`held` are the refs of this place. Deletes only what a `whole` calendar no longer holds; what it holds but nobody
    can read stays as it was.
    """
    kept = {p.where for p in problems}
    for one in series:
        key = ref(place, one.uid)
        kept.add(key)
        if held.get(key) != (now := stamp(one)):
            yield Upsert(one, key, now)
    if whole and place not in kept:  # a problem of the place itself: it was not read to its end
        yield from (Delete(key) for key in held if key not in kept)
