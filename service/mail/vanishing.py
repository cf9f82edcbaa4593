"""Whether an element is gone with all that is in it, so that nothing inside can show itself again."""

from __future__ import annotations

import re

from service.mail import colours, lengths
from service.mail.css import Declarations
from service.mail.looks import OFF_SCREEN, Look, cuts_off

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[a-z]+|%)?")
_SIZE = re.compile(r"(?:calc|min|max|clamp)\((?:[^()]|\([^()]*\))*\)|[^\s,]+")
_FILTERED_OUT = re.compile(
    r"opacity\(\s*0*(?:\.0\d*)?%?\s*\)|contrast\(\s*0*(?:\.0+)?%?\s*\)|blur\(\s*(?:\d{2,}(?:\.\d+)?px|[1-9][\d.]*r?em)"
)
_FAR = 2000.0
_TOO_SMALL = 5.0
"""CSS pixels of a side that cut what is longer: no letter can be read through it."""
_CAN_HIDE = frozenset(
    [
        "display",
        "content-visibility",
        "opacity",
        "filter",
        "clip",
        "clip-path",
        "overflow",
        "overflow-x",
        "overflow-y",
        "position",
        "margin",
        "margin-left",
        "margin-top",
        "transform",
        "translate",
        "scale",
        "zoom",
        "mask",
        "mask-image",
        "backface-visibility",
        "letter-spacing",
    ]
)


def is_hidden(style: Declarations, look: Look) -> bool:
    """`style` is the element's, `look` how it looks."""
    if _CAN_HIDE.isdisjoint(style):
        return look.opacity < 0.02
    if style.get("display") == "none" or style.get("content-visibility") == "hidden":
        return True
    if look.opacity < 0.02 or _FILTERED_OUT.search(style.get("filter", "")) or _is_masked(style):
        return True
    zoom = style.get("zoom", "1")
    if _px(style.get("letter-spacing", ""), look) <= -0.7 * max(look.font_px, 1) or 0 < (lengths.px(zoom) or 1) < (
        10 if zoom.endswith("%") else 0.1
    ):
        return True
    return _is_clipped(style) or _is_collapsed(style, look) or _is_moved_away(style, look)


def _px(value: str, look: Look) -> float:
    return lengths.px(value, look.font_px) or 0.0


def _is_masked(style: Declarations) -> bool:
    stops = colours.gradient(style.get("mask-image", "") or style.get("mask", ""))
    return bool(stops) and all(stop[3] < 0.1 for stop in stops)


def _is_clipped(style: Declarations) -> bool:
    clip = style.get("clip", "")
    if clip.startswith("rect") and style.get("position") in {"absolute", "fixed"}:
        edges = [lengths.px(n) or 0.0 for n in _NUMBER.findall(clip)]
        if len(edges) == 4 and (edges[2] - edges[0] <= 2 or edges[1] - edges[3] <= 2):
            return True
    shape, _, rest = style.get("clip-path", "").partition("(")
    arguments = rest.partition(" round ")[0].partition(" at ")[0].rstrip(") ")
    sizes = [lengths.px(n) or 0.0 for n in _NUMBER.findall(arguments)]
    if not sizes:
        return False
    if shape == "inset":
        top, right, bottom, left = _four(sizes)
        return top + bottom >= 1000 or left + right >= 1000
    if shape == "rect" and len(sizes) == 4:
        return sizes[2] - sizes[0] <= 2 or sizes[1] - sizes[3] <= 2
    if shape == "polygon":
        return len(set(sizes[::2])) == 1 or len(set(sizes[1::2])) == 1
    return shape in {"circle", "ellipse"} and all(size == 0 for size in sizes)


def _four(sizes: list[float]) -> tuple[float, float, float, float]:
    """Top, right, bottom and left of one to four values (CSS 2, section 8.3)."""
    top = sizes[0]
    right = sizes[1] if len(sizes) > 1 else top
    bottom = sizes[2] if len(sizes) > 2 else top
    return top, right, bottom, sizes[3] if len(sizes) > 3 else right


def _is_collapsed(style: Declarations, look: Look) -> bool:
    if not cuts_off(style):
        return False
    for name in ("height", "max-height", "width", "max-width"):
        size = lengths.px(style.get(name, ""), look.font_px)
        if size is not None and size <= _TOO_SMALL:
            return True
    line = style.get("line-height", "")
    size = lengths.px(line, look.font_px)
    if size is not None and size and line[-1:].isdigit():
        size = None  # a bare number is a factor
    if size is not None and (size <= _TOO_SMALL or 0 < look.window < (size - look.font_px) / 2):
        return True
    return _px(style.get("text-indent", ""), look) >= 1000


def _is_moved_away(style: Declarations, look: Look) -> bool:
    margins = [_px(m, look) for m in _SIZE.findall(style.get("margin", ""))]
    if "position" in style and _is_placed_away(style, look):
        return True
    left, top = _px(style.get("margin-left", ""), look), _px(style.get("margin-top", ""), look)
    if any(m <= -OFF_SCREEN for m in (left, top, *margins)):
        return True
    if look.window and not cuts_off(style) and max(top, margins[0] if margins else 0.0) >= look.window:
        return True
    moved = f"{style.get('transform', '')} scale({style.get('scale', '1')}) translate({style.get('translate', '0')})"
    if not ("transform" in style or "scale" in style or "translate" in style):
        return False
    turned = style.get("backface-visibility") == "hidden" and re.search(
        r"rotate[xy]\(\s*-?180deg|rotate[xy]\(\s*-?0?\.5turn", moved
    )
    return bool(turned) or _is_transformed_away(moved, look)


def _is_placed_away(style: Declarations, look: Look) -> bool:
    if style["position"] not in {"absolute", "fixed", "relative"}:
        return False
    inset = [_px(size, look) for size in _SIZE.findall(style.get("inset", ""))]
    places = [_px(style.get(side, ""), look) for side in ("left", "right", "top", "bottom")] + inset
    if any(abs(place) >= _FAR or place <= -OFF_SCREEN for place in places) or _px(style.get("z-index", ""), look) < 0:
        return True
    return bool(look.window) and not cuts_off(style) and max(places[2], 0.0) >= look.window


def _is_transformed_away(transform: str, look: Look) -> bool:
    for function, arguments in re.findall(r"([a-z0-9]+)\(((?:[^()]|\([^()]*\))*)\)", transform):
        sizes = [_px(n, look) for n in _SIZE.findall(arguments)]
        if function.startswith("translate") and any(abs(s) >= 1000 for s in sizes):
            return True
        if function.startswith("scale") and sizes and min(abs(s) for s in sizes) < 0.05:
            return True
        if function in {"rotatex", "rotatey"} and arguments.strip() in {"90deg", "-90deg", "270deg"}:
            return True
        if (
            function == "matrix"
            and len(sizes) == 6
            and (abs(sizes[0] * sizes[3] - sizes[1] * sizes[2]) < 0.003 or max(map(abs, sizes[4:])) >= 1000)
        ):
            return True
    return False
