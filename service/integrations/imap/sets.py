"""Sets of message numbers as IMAP writes them: "1:5,9" (RFC 3501, section 9: sequence-set)."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

LARGEST_UID = 2**32 - 1
LONGEST = 4000
"""Characters of one set: servers take lines of 8,000 (RFC 7162, section 4)."""


def uids_of(*sets: bytes) -> array[int]:
    """Ascending, each once. What is no number is passed over; ranges may be written either way round."""
    found: set[int] = set()
    for part in b",".join(sets).replace(b" ", b",").split(b","):
        first, _, last = part.partition(b":")
        if first.isdigit() and (last or first).isdigit():
            low, high = sorted((int(first), int(last or first)))
            if high <= LARGEST_UID and high - low < 20_000_000:
                found.update(range(low, high + 1))
    return array("I", sorted(found))


def spelled(uids: Iterable[int]) -> str:
    """Of ascending numbers."""
    return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in runs(uids))


def runs(uids: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of each unbroken run of ascending numbers."""
    low = high = None
    for uid in uids:
        if high is not None and uid == high + 1:
            high = uid
            continue
        if low is not None and high is not None:
            yield low, high
        low = high = uid
    if low is not None and high is not None:
        yield low, high


def spelled_in_parts(uids: Iterable[int]) -> Iterator[str]:
    """None longer than a server takes in one line."""
    part = ""
    for low, high in runs(uids):
        one = str(low) if low == high else f"{low}:{high}"
        if part and len(part) + len(one) >= LONGEST:
            yield part
            part = ""
        part = f"{part},{one}" if part else one
    if part:
        yield part
