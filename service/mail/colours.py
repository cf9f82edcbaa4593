"""CSS colours (CSS Color Module Level 4) and whether a person can tell two of them apart."""

from __future__ import annotations

import colorsys
import re
from functools import lru_cache

Colour = tuple[float, float, float, float]
"""Red, green and blue from 0 to 255, opacity from 0 to 1."""

WHITE: Colour = (255.0, 255.0, 255.0, 1.0)
BLACK: Colour = (0.0, 0.0, 0.0, 1.0)
LINK_BLUE: Colour = (0.0, 0.0, 238.0, 1.0)
TELLABLE = 1.2
"""Contrast ratio (WCAG 2, 1.4.3) below which text is taken for hidden; pale grey small print has 1.6 and more."""

_NAMED = dict(
    pair.split("=")
    for pair in [
        "black=000",
        "white=fff",
        "red=f00",
        "lime=0f0",
        "blue=00f",
        "yellow=ff0",
        "cyan=0ff",
        "aqua=0ff",
        "magenta=f0f",
        "fuchsia=f0f",
        "gray=808080",
        "grey=808080",
        "silver=c0c0c0",
        "maroon=800000",
        "olive=808000",
        "green=008000",
        "purple=800080",
        "teal=008080",
        "navy=000080",
        "orange=ffa500",
        "pink=ffc0cb",
        "gold=ffd700",
        "brown=a52a2a",
        "beige=f5f5dc",
        "ivory=fffff0",
        "snow=fffafa",
        "azure=f0ffff",
        "linen=faf0e6",
        "lavender=e6e6fa",
        "khaki=f0e68c",
        "crimson=dc143c",
        "coral=ff7f50",
        "salmon=fa8072",
        "tomato=ff6347",
        "indigo=4b0082",
        "violet=ee82ee",
        "orchid=da70d6",
        "plum=dda0dd",
        "tan=d2b48c",
        "wheat=f5deb3",
        "whitesmoke=f5f5f5",
        "ghostwhite=f8f8ff",
        "floralwhite=fffaf0",
        "antiquewhite=faebd7",
        "aliceblue=f0f8ff",
        "mintcream=f5fffa",
        "honeydew=f0fff0",
        "seashell=fff5ee",
        "oldlace=fdf5e6",
        "cornsilk=fff8dc",
        "lightyellow=ffffe0",
        "lightcyan=e0ffff",
        "lightgray=d3d3d3",
        "lightgrey=d3d3d3",
        "gainsboro=dcdcdc",
        "darkgray=a9a9a9",
        "darkgrey=a9a9a9",
        "dimgray=696969",
        "dimgrey=696969",
        "slategray=708090",
        "slategrey=708090",
        "lightslategray=778899",
        "darkslategray=2f4f4f",
        "darkred=8b0000",
        "darkgreen=006400",
        "darkblue=00008b",
        "midnightblue=191970",
        "mediumblue=0000cd",
        "royalblue=4169e1",
        "steelblue=4682b4",
        "dodgerblue=1e90ff",
        "deepskyblue=00bfff",
        "skyblue=87ceeb",
        "lightblue=add8e6",
        "powderblue=b0e0e6",
        "cornflowerblue=6495ed",
        "turquoise=40e0d0",
        "firebrick=b22222",
        "chocolate=d2691e",
        "sienna=a0522d",
        "peru=cd853f",
        "darkorange=ff8c00",
        "orangered=ff4500",
        "hotpink=ff69b4",
        "deeppink=ff1493",
        "lightpink=ffb6c1",
        "mistyrose=ffe4e1",
        "lavenderblush=fff0f5",
        "lemonchiffon=fffacd",
        "papayawhip=ffefd5",
        "blanchedalmond=ffebcd",
        "bisque=ffe4c4",
        "moccasin=ffe4b5",
        "navajowhite=ffdead",
        "peachpuff=ffdab9",
        "limegreen=32cd32",
        "forestgreen=228b22",
        "seagreen=2e8b57",
        "lightgreen=90ee90",
        "palegreen=98fb98",
        "springgreen=00ff7f",
        "chartreuse=7fff00",
        "greenyellow=adff2f",
        "yellowgreen=9acd32",
        "olivedrab=6b8e23",
        "darkkhaki=bdb76b",
        "slateblue=6a5acd",
        "darkviolet=9400d3",
        "darkmagenta=8b008b",
        "rebeccapurple=663399",
        "thistle=d8bfd8",
        "rosybrown=bc8f8f",
        "cadetblue=5f9ea0",
        "aquamarine=7fffd4",
    ]
)
_HEX = re.compile(r"#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\Z")
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^)]*)\)?\Z")


@lru_cache(maxsize=2048)
def parse(value: str) -> Colour | None:
    """None where it is no colour; "transparent" is one, of opacity 0."""
    text = value.strip().lower()
    if text == "transparent":
        return (0.0, 0.0, 0.0, 0.0)
    text = "#" + _NAMED[text] if text in _NAMED else text
    match = _HEX.match(text)
    if match:
        return _hex(match[1])
    function = _FUNCTION.match(text)
    try:
        return _function(function[1], re.split(r"[\s,/]+", function[2].strip())) if function else None
    except (ValueError, IndexError):
        return None


def _hex(digits: str) -> Colour:
    if len(digits) in {3, 4}:
        digits = "".join(d * 2 for d in digits)
    parts = [int(digits[i : i + 2], 16) for i in range(0, len(digits), 2)]
    return (float(parts[0]), float(parts[1]), float(parts[2]), parts[3] / 255 if len(parts) > 3 else 1.0)


def _function(kind: str, parts: list[str]) -> Colour:
    opacity = _share(parts[3]) if len(parts) > 3 else 1.0
    if kind == "hsl":
        hue = float(re.sub(r"deg$", "", parts[0])) / 360
        red, green, blue = (c * 255 for c in colorsys.hls_to_rgb(hue % 1, _share(parts[2]), _share(parts[1])))
    else:
        red, green, blue = (float(p[:-1]) * 2.55 if p.endswith("%") else float(p) for p in parts[:3])
    return (red, green, blue, opacity)


def _share(text: str) -> float:
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


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
