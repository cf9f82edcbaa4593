"""CSS lengths in pixels (CSS Values and Units Module Level 4), sums and comparisons included."""

from __future__ import annotations

import re
from functools import lru_cache

_LENGTH = re.compile(
    r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?)(px|pt|em|rem|ex|ch|lh|rlh|[sld]?v[wh]|v(?:min|max|i|b)|%|in|cm|mm|pc|q)?\Z"
)
_IN_PX = {
    "px": 1.0,
    "pt": 1.333,
    "in": 96.0,
    "cm": 37.8,
    "mm": 3.78,
    "pc": 16.0,
    "q": 0.945,
    "rem": 16.0,
    "rlh": 19.0,
    "": 1.0,
    "%": 10.0,
}
_TOKEN = re.compile(r"\s*(calc|min|max|clamp|[()*/,]|[+-](?=\s)|[+-]?[\d.]+(?:e[+-]?\d{1,3}(?![a-z]))?[a-z%]*)")
_DEEPEST = 8


@lru_cache(maxsize=4096)
def px(value: str, font_px: float = 16.0) -> float | None:
    """In CSS pixels; a percentage as if of 1,000 px, as is a window's width. None where it is no length."""
    text = value.strip()
    match = _LENGTH.match(text)
    if match:
        return _plain(float(match[1]), match[2] or "", font_px)
    if not text.startswith(("calc(", "min(", "max(", "clamp(", "-webkit-calc(")) or len(text) > 200:
        return None
    try:
        return _Sum(text.removeprefix("-webkit-"), font_px).value()
    except (ValueError, IndexError, ZeroDivisionError, OverflowError):
        return None


def _plain(number: float, unit: str, font_px: float) -> float:
    if unit in {"em", "lh"}:
        return number * font_px
    if unit in {"ex", "ch"}:
        return number * font_px * 0.5
    return number * (_IN_PX[unit] if unit in _IN_PX else 8.0 if unit.endswith(("h", "b", "vmin")) else 10.0)


def _chosen(function: str, arguments: list[float]) -> float:
    if function == "clamp":
        return max(arguments[0], min(arguments[1], arguments[2]))
    return {"min": min, "max": max}.get(function, lambda found: found[0])(arguments)


class _Sum:
    """calc(), min(), max() and clamp(). Raises ValueError or IndexError for what is none."""

    def __init__(self, text: str, font_px: float) -> None:
        self._tokens: list[str] = _TOKEN.findall(text)
        if sum(map(len, self._tokens)) != len(re.sub(r"\s", "", text)):
            raise ValueError(text)
        self._font_px = font_px
        self._at = 0

    def value(self) -> float:
        found = self._added(0)
        if self._at != len(self._tokens):
            raise ValueError(self._tokens)
        return found

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _added(self, depth: int) -> float:
        found = self._multiplied(depth)
        while self._peek() in {"+", "-"}:
            sign = 1 if self._next() == "+" else -1
            found += sign * self._multiplied(depth)
        return found

    def _multiplied(self, depth: int) -> float:
        found = self._one(depth)
        while self._peek() in {"*", "/"}:
            found = found * self._one(depth) if self._next() == "*" else found / self._one(depth)
        return found

    def _one(self, depth: int) -> float:
        word = self._next()
        if word in {"calc", "min", "max", "clamp"} or word == "(":
            if depth > _DEEPEST or (word != "(" and self._next() != "("):
                raise ValueError(word)
            arguments = [self._added(depth + 1)]
            while self._peek() == ",":
                self._next()
                arguments.append(self._added(depth + 1))
            if self._next() != ")":
                raise ValueError(word)
            return _chosen(word, arguments)
        match = _LENGTH.match(word)
        if match is None:
            raise ValueError(word)
        return _plain(float(match[1]), match[2] or "", self._font_px)
