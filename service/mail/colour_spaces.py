"""Colour functions other than rgb() (CSS Color Module Level 4, section 10) as sRGB, near enough to tell ink from paper."""

from __future__ import annotations

import colorsys
import math
import re

Triple = tuple[float, float, float]
"""Red, green and blue from 0 to 255."""


def share(text: str, whole: float = 1.0) -> float:
    """A number, or a percentage of `whole`. Raises ValueError."""
    if text == "none":
        return 0.0
    return float(text[:-1]) / 100 * whole if text.endswith("%") else float(text)


def convert(function: str, parts: list[str]) -> Triple:
    """Raises ValueError, IndexError or KeyError where they are no colour."""
    return _SPACES[function](parts)


def _rgb(parts: list[str]) -> Triple:
    return share(parts[0], 255), share(parts[1], 255), share(parts[2], 255)


def _hsl(parts: list[str]) -> Triple:
    red, green, blue = colorsys.hls_to_rgb(_turn(parts[0]), _percent(parts[2]), _percent(parts[1]))
    return red * 255, green * 255, blue * 255


def _hwb(parts: list[str]) -> Triple:
    white, black = _percent(parts[1]), _percent(parts[2])
    if white + black >= 1:
        grey = white / (white + black) * 255
        return grey, grey, grey
    red, green, blue = (c * (1 - white - black) + white for c in colorsys.hls_to_rgb(_turn(parts[0]), 0.5, 1.0))
    return red * 255, green * 255, blue * 255


def _turn(text: str) -> float:
    if text == "none":
        return 0.0
    number = float(re.sub(r"(?:deg|g?rad|turn)$", "", text))
    whole = 1.0 if text.endswith("turn") else 400.0 if text.endswith("grad") else math.tau if text.endswith("rad") else 360.0
    return number / whole % 1


def _percent(text: str) -> float:
    """Of "50%" and, in the modern form, of "50"."""
    return float(text.removesuffix("%")) / 100 if text != "none" else 0.0


def _lab(parts: list[str]) -> Triple:
    light, a, b = share(parts[0], 100), share(parts[1], 125), share(parts[2], 125)
    y = (light + 16) / 116
    x, z = y + a / 500, y - b / 200
    x, y, z = (c**3 if c**3 > 0.008856 else (c - 16 / 116) / 7.787 for c in (x, y, z))
    x, z = x * 0.9643, z * 0.8251  # white of D50
    return _linear(
        3.1339 * x - 1.6169 * y - 0.4906 * z, -0.9788 * x + 1.9161 * y + 0.0335 * z, 0.0719 * x - 0.2290 * y + 1.4052 * z
    )


def _oklab(parts: list[str]) -> Triple:
    light, a, b = share(parts[0]), share(parts[1], 0.4), share(parts[2], 0.4)
    long = (light + 0.3963 * a + 0.2158 * b) ** 3
    middle = (light - 0.1056 * a - 0.0639 * b) ** 3
    short = (light - 0.0895 * a - 1.2915 * b) ** 3
    return _linear(
        4.0767 * long - 3.3077 * middle + 0.2310 * short,
        -1.2684 * long + 2.6098 * middle - 0.3413 * short,
        -0.0042 * long - 0.7034 * middle + 1.7076 * short,
    )


def _polar(parts: list[str], whole: float) -> list[str]:
    chroma, hue = share(parts[1], whole), _turn(parts[2]) * math.tau
    return [parts[0], str(chroma * math.cos(hue)), str(chroma * math.sin(hue))]


def _named_space(parts: list[str]) -> Triple:
    """color(srgb 1 1 1): the other spaces are taken for sRGB."""
    red, green, blue = (share(p) for p in parts[1:4])
    return _linear(red, green, blue) if parts[0] == "srgb-linear" else (red * 255, green * 255, blue * 255)


def _linear(*light: float) -> Triple:
    curved = [12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in (min(max(v, 0.0), 1.0) for v in light)]
    return curved[0] * 255, curved[1] * 255, curved[2] * 255


_SPACES = {
    "rgb": _rgb,
    "hsl": _hsl,
    "hwb": _hwb,
    "lab": _lab,
    "lch": lambda parts: _lab(_polar(parts, 150)),
    "oklab": _oklab,
    "oklch": lambda parts: _oklab(_polar(parts, 0.4)),
    "color": _named_space,
}
