"""Patterns of rules: a glob over a whole field, or a regular expression between slashes that searches in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from time import process_time

import regex

_LONGEST = 20_000
"""Characters of a field that a regular expression is tried on."""

_SECONDS = 0.02
"""Of processor time, for all fields of one item. A pattern that needs longer would stop the mail; it counts as not matching."""

_LEAST = 0.001  # what is left for the last of many fields

Matcher = Callable[[str], bool]
_Search = Callable[[str, float], bool]


class TooSlow(Exception):
    """A pattern that can't be decided in its time."""


def matcher(pattern: str) -> Matcher:
    """Compiled once. Globs know *, ? and [abc], and are case-insensitive like regular expressions, unless those say (?-i) or end in
    /c. Raises ValueError where a regular expression is not one.
    """
    _search(pattern)
    return lambda field: any_matches(pattern, (field,))


def any_matches(pattern: str, fields: Iterable[str]) -> bool:
    """A pattern that takes too long counts as not matching."""
    try:
        return tried(pattern, fields)
    except TooSlow:
        return False


def tried(pattern: str, fields: Iterable[str]) -> bool:
    """Whether any of the fields matches. Raises TooSlow where that can't be decided in time."""
    search, end = _search(pattern), process_time() + _SECONDS
    try:
        return any(search(field, end - process_time()) for field in fields)
    except TimeoutError as error:
        raise TooSlow(f"{pattern} takes longer than {_SECONDS * 1000:.0f} ms to decide") from error


@lru_cache(maxsize=1024)
def _search(pattern: str) -> _Search:
    """Given a field and the seconds that are left, raises TimeoutError where they don't suffice."""
    expression, flags = _regex_of(pattern)
    if expression is None:
        return _glob(pattern)
    try:
        compiled = regex.compile(expression, flags)
    except regex.error as error:
        raise ValueError(f"{pattern} is not a regular expression: {error}") from error

    return lambda field, left: compiled.search(field[:_LONGEST], timeout=max(left, _LEAST)) is not None


def _regex_of(pattern: str) -> tuple[str | None, int]:
    if len(pattern) > 1 and pattern.startswith("/"):
        if pattern.endswith("/"):
            return pattern[1:-1], regex.IGNORECASE | regex.VERSION1
        if len(pattern) > 2 and pattern.endswith(("/c", "/i")):
            return pattern[1:-2], regex.VERSION1 | (regex.IGNORECASE if pattern.endswith("i") else 0)
    return None, 0


def _glob(pattern: str) -> _Search:
    """`fnmatch` without its backtracking trap: runs of stars are one, and the match is possessive between them."""
    if not any(c in pattern for c in "*?["):
        plain = pattern.casefold()
        return lambda field, _: field.casefold() == plain
    parts = [_literal(part) for part in regex.split(r"\*+", pattern)]
    body = ".*".join(parts) if len(parts) < 3 else parts[0] + "".join(f"(?>.*?{p})" for p in parts[1:-1]) + ".*" + parts[-1]
    compiled = regex.compile(body, regex.IGNORECASE | regex.DOTALL)
    return lambda field, left: compiled.fullmatch(field, timeout=max(left, _LEAST)) is not None


def _literal(part: str) -> str:
    """One stretch of a glob between stars."""
    pieces = regex.findall(r"\[[^\]]+\]|\?|[^\[?]+|\[", part)
    return "".join("." if p == "?" else _set(p) if len(p) > 2 and p[0] == "[" else regex.escape(p) for p in pieces)


def _set(piece: str) -> str:
    inner = piece[1:-1]
    negated = inner.startswith("!")
    return "[" + ("^" if negated else "") + inner[negated:].replace("\\", "\\\\").replace("^", "\\^") + "]"
