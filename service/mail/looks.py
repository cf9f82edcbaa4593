"""What an element looks like once styles are inherited, and whether text in it can be seen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from service.mail import colours, css
from service.mail.colours import Colour
from service.mail.css import Declarations

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[a-z]+|%)?")
_OFF_SCREEN = 400.0
"""CSS pixels beyond which a thing moved to the left or upwards is out of every window."""
_TINY = 1.5
"""Font size in CSS pixels below which nobody can read."""
_FONT_SIZES = {
    "xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0, "xx-large": 32.0,
    "smaller": 12.0, "larger": 19.0, "initial": 16.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    ink: Colour = colours.BLACK
    paper: Colour | None = colours.WHITE  # None: a picture, of which nobody knows the colour
    font_px: float = 16.0
    indent: float = 0.0
    opacity: float = 1.0
    shown: bool = True  # visibility
    keeps_spaces: bool = False
    is_seen: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_seen", self._seen())  # asked for every piece of text

    def _seen(self) -> bool:
        if not self.shown or self.font_px < _TINY or self.indent <= -_OFF_SCREEN or self.ink[3] * self.opacity < 0.1:
            return False
        return self.paper is None or colours.tellable(self.ink, self.paper)


START = Look()
_FILTERED_OUT = re.compile(r"opacity\(\s*0*(?:\.0\d*)?%?\s*\)")
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
        "scale",
    ]
)


def restyled(look: Look, style: Declarations) -> Look:
    """`look` of the parent to the look of an element that declares `style`."""
    changed: dict[str, object] = {}
    for name, value in style.items():
        if name in {"color", "-webkit-text-fill-color"}:
            ink = colours.parse(value)
            if ink is not None and not (name == "color" and "-webkit-text-fill-color" in style):
                changed["ink"] = ink
        elif name in {"background", "background-color", "background-image"}:
            _background(look, name, value, changed)
        elif name in {"font-size", "font"}:
            _font(look, name, value, changed)
        elif name == "text-indent":
            changed["indent"] = css.length(value, look.font_px) or 0.0
        elif name == "visibility":
            changed["shown"] = look.shown if value == "inherit" else value not in {"hidden", "collapse"}
        elif name == "opacity":
            changed["opacity"] = look.opacity * _share(value)
        elif name == "white-space":
            changed["keeps_spaces"] = value.startswith(("pre", "break-spaces")) and value != "pre-line"
    return replace(look, **changed) if changed else look  # type: ignore[arg-type]  # built field by field above


def _background(look: Look, name: str, value: str, changed: dict[str, object]) -> None:
    colour = next((c for word in _words(value) if (c := colours.parse(word)) is not None), None)
    if name != "background-color" and ("url(" in value or "gradient(" in value):
        changed["paper"] = None
    elif colour is not None and colour[3] > 0 and "paper" not in changed:
        below = look.paper or colours.WHITE
        changed["paper"] = None if look.paper is None and colour[3] < 0.9 else colours.over(colour, below)


def _words(value: str) -> list[str]:
    return re.findall(r"[\w-]*\([^)]*\)|[^\s(),]+", value)


def _font(look: Look, name: str, value: str, changed: dict[str, object]) -> None:
    if name == "font":
        sizes = [w.partition("/")[0] for w in value.split() if re.match(r"(?:[\d.]+(?:px|pt|em|rem|%)|0)(?:/|\Z)", w)]
        value = sizes[0] if sizes else ""
    size = _FONT_SIZES.get(value)
    if size is None and value.endswith("%"):
        share = css.length(value[:-1])
        size = None if share is None else look.font_px * share / 100
    elif size is None:
        size = css.length(value, look.font_px)
    if size is not None and size >= 0:
        changed["font_px"] = size


def _share(value: str) -> float:
    try:
        return min(max(float(value[:-1]) / 100 if value.endswith("%") else float(value), 0.0), 1.0)
    except ValueError:
        return 1.0


def is_hidden(style: Declarations, look: Look) -> bool:
    """Whether the element is gone with all that is in it: nothing inside can show itself again."""
    if _CAN_HIDE.isdisjoint(style):
        return look.opacity < 0.1
    if style.get("display") == "none" or style.get("content-visibility") == "hidden":
        return True
    if look.opacity < 0.1 or _FILTERED_OUT.search(style.get("filter", "")):
        return True
    return _is_clipped(style) or _is_collapsed(style, look) or _is_moved_away(style, look)


def _is_clipped(style: Declarations) -> bool:
    clip, path = style.get("clip", ""), style.get("clip-path", "")
    if clip.startswith("rect"):
        edges = [css.length(n) or 0.0 for n in _NUMBER.findall(clip)]
        if len(edges) == 4 and (edges[2] - edges[0] <= 2 or edges[1] - edges[3] <= 2):
            return True
    if path.startswith("inset"):
        return any((css.length(n) or 0) >= 500 for n in _NUMBER.findall(path)[:1])
    if path.startswith(("circle", "ellipse", "polygon")):
        return all((css.length(n) or 0) == 0 for n in _NUMBER.findall(path.partition(" at ")[0]))
    return False


def _is_collapsed(style: Declarations, look: Look) -> bool:
    flow = f"{style.get('overflow', '')} {style.get('overflow-y', '')} {style.get('overflow-x', '')}"
    if "hidden" not in flow and "clip" not in flow and "scroll" not in flow and "auto" not in flow:
        return False
    sides = (style.get(side, "") for side in ("height", "max-height", "width", "max-width", "line-height"))
    return any(size is not None and size <= 2 and not bare_factor for size, bare_factor in (_side(s, look) for s in sides))


def _side(value: str, look: Look) -> tuple[float | None, bool]:
    """Its pixels, and whether it is a factor ("line-height: 1.5")."""
    size = css.length(value, look.font_px)
    return size, bool(size) and value[-1:].isdigit()


def _is_moved_away(style: Declarations, look: Look) -> bool:
    def px(value: str) -> float:
        return css.length(value, look.font_px) or 0.0

    if style.get("position") in {"absolute", "fixed", "relative"}:
        if any(
            abs(px(style.get(side, ""))) >= 2000 or px(style.get(side, "")) <= -_OFF_SCREEN
            for side in ("left", "right", "top", "bottom")
        ):
            return True
        if px(style.get("z-index", "")) < 0:
            return True
    margins = [style.get("margin-left", ""), style.get("margin-top", ""), *style.get("margin", "").split()]
    if any(px(m) <= -_OFF_SCREEN for m in margins):
        return True
    if "transform" not in style and "scale" not in style:
        return False
    return _is_transformed_away(f"{style.get('transform', '')} scale({style.get('scale', '1')})", look)


def _is_transformed_away(transform: str, look: Look) -> bool:
    for function, arguments in re.findall(r"([a-z0-9]+)\(([^)]*)\)", transform):
        sizes = [css.length(n, look.font_px) or 0.0 for n in _NUMBER.findall(arguments)]
        if function.startswith("translate") and any(abs(s) >= 1000 for s in sizes):
            return True
        if function.startswith("scale") and sizes and min(abs(s) for s in sizes) < 0.05:
            return True
        if function in {"rotatex", "rotatey"} and arguments.strip() in {"90deg", "-90deg", "270deg"}:
            return True
    return False
