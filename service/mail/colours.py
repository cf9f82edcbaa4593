"""CSS colours (CSS Color Module Level 4) and whether a person can tell two of them apart."""

from __future__ import annotations

import re
from functools import lru_cache

from service.mail import colour_spaces
from service.mail.colour_names import NAMED

Colour = tuple[float, float, float, float]
"""Red, green and blue from 0 to 255, opacity from 0 to 1."""

WHITE: Colour = (255.0, 255.0, 255.0, 1.0)
BLACK: Colour = (0.0, 0.0, 0.0, 1.0)
LINK_BLUE: Colour = (0.0, 0.0, 238.0, 1.0)
TELLABLE = 1.2
"""Contrast ratio (WCAG 2, 1.4.3) below which text is taken for hidden; pale grey small print has 1.6 and more."""

_HEX = re.compile(r"#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\Z")
_FUNCTION = re.compile(r"(rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\(([^()]*)\)?\Z")
_MIXED = re.compile(r"(color-mix|light-dark)\((.*)\)\Z", re.DOTALL)
_ARGUMENT = re.compile(r"(?:[^,()]|\([^()]*\))+")
_GRADIENT = re.compile(r"gradient\(((?:[^()]|\([^()]*\))*)\)")


@lru_cache(maxsize=2048)
def parse(value: str) -> Colour | None:
    """None where it is no colour; "transparent" is one, of opacity 0."""
    text = value.strip().lower()
    if text == "transparent":
        return (0.0, 0.0, 0.0, 0.0)
    text = "#" + NAMED[text] if text in NAMED else text
    match = _HEX.match(text)
    if match:
        return _hex(match[1])
    mixed = _MIXED.match(text)
    if mixed:
        return _mixed(mixed[1], [a.strip() for a in _ARGUMENT.findall(mixed[2])])
    function = _FUNCTION.match(text)
    try:
        return _function(function[1], re.split(r"[\s,/]+", function[2].strip())) if function else None
    except (ValueError, IndexError, KeyError, OverflowError):
        return None


@lru_cache(maxsize=2048)
def legacy(value: str) -> Colour | None:
    """Of attributes like bgcolor: any text is a colour there (HTML, 2.3.6, rules for parsing a legacy colour value)."""
    text = value.strip().lower()
    if not text or text == "transparent":
        return None
    found = parse(text) if text in NAMED or re.match(r"#[0-9a-f]{3}\Z", text) else None
    if found is not None:
        return found
    digits = re.sub(r"[^0-9a-f]", "0", text.removeprefix("#")[:128])
    digits += "0" * (-len(digits) % 3)
    size = len(digits) // 3
    thirds = [digits[i * size : (i + 1) * size][-8:] for i in range(3)]
    while len(thirds[0]) > 2 and all(third[0] == "0" for third in thirds):
        thirds = [third[1:] for third in thirds]
    red, green, blue = (float(int(third[:2], 16)) for third in thirds)
    return (red, green, blue, 1.0)


def gradient(value: str) -> tuple[Colour, ...]:
    """The colours between which a gradient runs; empty where `value` holds none or one that nobody can tell."""
    match = _GRADIENT.search(value)
    if not match or "url(" in value:
        return ()
    found = []
    for argument in _ARGUMENT.findall(match[1]):
        words = re.findall(r"[\w-]*\([^()]*\)|[^\s()]+", argument)
        found += [c for word in words if (c := parse(word)) is not None]
    return tuple(found[:20])


def _mixed(kind: str, arguments: list[str]) -> Colour | None:
    if kind == "light-dark":
        return parse(arguments[0]) if arguments else None
    found = [parse(re.sub(r"\s*[\d.]+%\s*", "", a)) for a in arguments[1:3]]
    one, other = found if len(found) == 2 else (None, None)
    if one is None or other is None:
        return None
    return ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2, (one[2] + other[2]) / 2, (one[3] + other[3]) / 2)


def _hex(digits: str) -> Colour:
    if len(digits) in {3, 4}:
        digits = "".join(d * 2 for d in digits)
    parts = [int(digits[i : i + 2], 16) for i in range(0, len(digits), 2)]
    return (float(parts[0]), float(parts[1]), float(parts[2]), parts[3] / 255 if len(parts) > 3 else 1.0)


def _function(kind: str, parts: list[str]) -> Colour:
    place = 4 if kind == "color" else 3
    red, green, blue = colour_spaces.convert(kind, parts)
    return (red, green, blue, colour_spaces.share(parts[place]) if len(parts) > place else 1.0)


def over(top: Colour, below: Colour) -> Colour:
    """`top` painted over an opaque colour."""
    share = min(max(top[3], 0.0), 1.0)
    if share >= 1:
        return top
    mixed = [t * share + b * (1 - share) for t, b in zip(top[:3], below[:3], strict=True)]
    return (mixed[0], mixed[1], mixed[2], 1.0)


@lru_cache(maxsize=4096)
def tellable(ink: Colour, paper: Colour) -> bool:
    light = _luminance(over(ink, paper)), _luminance(paper)
    return (max(light) + 0.05) / (min(light) + 0.05) >= TELLABLE


def _luminance(colour: Colour) -> float:
    linear = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (min(max(v, 0), 255) / 255 for v in colour[:3])
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
