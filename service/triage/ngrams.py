"""The words of a text as numbers: what the trained classifiers know of wording, without holding any of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from zlib import crc32

BUCKETS = 1 << 13
MOST = 250
"""Distinct words of one text that count; what a mail is about is said by then."""


def buckets(tokens: Iterable[str], names: Collection[str] = ()) -> tuple[int, ...]:
    """The hashes of the distinct words, in their order; `names` are who it's written by and to, and count as one word."""
    return tuple(dict.fromkeys([bucket("@" if token in names else token) for token in list(dict.fromkeys(tokens))[:MOST]]))


@lru_cache(maxsize=1 << 15)
def bucket(token: str) -> int:
    """CRC-32 (the same on every machine, unlike `hash`), of numbers only how long they are."""
    return crc32((token if token.isalpha() else "".join(["0" if c.isdigit() else c for c in token])).encode()) % BUCKETS
