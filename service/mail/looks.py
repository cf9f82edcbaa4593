"""What an element looks like once styles are inherited, and whether text in it can be seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from service.mail import colours, lengths
from service.mail.colours import Colour
from service.mail.css import Declarations

OFF_SCREEN = 400.0
"""CSS pixels beyond which a thing moved to the left or upwards is out of every window."""
_READABLE = 4.0
"""Font size in CSS pixels below which nobody can read."""
_FAINT = 0.1
"""Opacity below which text over a picture is taken for unseen."""
_FONT_SIZES = {
    "xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0, "xx-large": 32.0,
    "smaller": 12.0, "larger": 19.0, "initial": 16.0,
}  # fmt: skip
_INK = ("color", "-webkit-text-fill-color")
_PAPER = frozenset({"background", "background-color", "background-image"})


@dataclass(frozen=True, slots=True)
class Look:
    ink: Colour = colours.BLACK
    fill: Colour | None = None  # -webkit-text-fill-color, which paints letters in place of the ink
    papers: tuple[Colour, ...] = (colours.WHITE,)  # those of a gradient; none: a picture, of which nobody knows the colour
    font_px: float = 16.0
    indent: float = 0.0
    opacity: float = 1.0
    shown: bool = True  # visibility
    keeps_spaces: bool = False
    window: float = 0.0  # the height of the part around it beyond which all is cut off; 0: nothing is
    variables: Mapping[str, str] = field(default_factory=dict, compare=False)  # custom properties
    is_seen: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_seen", self._seen())  # asked for every piece of text

    def _seen(self) -> bool:
        if not self.shown or self.font_px < _READABLE or self.indent <= -OFF_SCREEN:
            return False
        red, green, blue, share = self.fill or self.ink
        share *= self.opacity
        if not self.papers:
            return share >= _FAINT
        ink = (red, green, blue, share)
        return any(colours.tellable(ink, paper) for paper in self.papers)


START = Look()


def with_variables(look: Look, style: Declarations) -> Look:
    """`look` knowing the custom properties that `style` sets."""
    own = {name: value for name, value in style.items() if name.startswith("--")}
    return replace(look, variables={**look.variables, **own}) if own else look


def restyled(look: Look, style: Declarations) -> Look:
    """`look` of the parent to the look of an element that declares `style`."""
    changed: dict[str, object] = {}
    for name in _INK:
        if name in style:
            _ink(look, name, style[name], changed)
    for name, value in style.items():
        if name in _PAPER:
            _background(look, name, value, changed)
        elif name in {"font-size", "font"}:
            _font(look, name, value, changed)
        elif name == "text-indent":
            changed["indent"] = lengths.px(value, look.font_px) or 0.0
        elif name == "visibility":
            changed["shown"] = look.shown if value in {"inherit", "unset", "revert"} else value not in {"hidden", "collapse"}
        elif name == "opacity":
            changed["opacity"] = look.opacity * share(value)
        elif name == "white-space":
            changed["keeps_spaces"] = value.startswith(("pre", "break-spaces")) and value != "pre-line"
    if "text" in style.get("background-clip", ""):  # letters are cut out of the background
        changed |= {"ink": colours.BLACK, "fill": None, "papers": ()}
    elif "text-shadow" in style:
        _shadow(look, style["text-shadow"], changed)
    window = _window(style, look)
    if window:
        changed["window"] = window
    return replace(look, **changed) if changed else look  # type: ignore[arg-type]  # built field by field above


def _ink(look: Look, name: str, value: str, changed: dict[str, object]) -> None:
    ink = look.ink if value == "currentcolor" else colours.parse(value)
    if ink is None and value == "initial":
        ink = colours.BLACK
    if ink is not None:
        changed["ink" if name == "color" else "fill"] = ink


def _background(look: Look, name: str, value: str, changed: dict[str, object]) -> None:
    if name != "background-color" and ("url(" in value or "gradient(" in value or "image-set(" in value):
        stops = colours.gradient(value)
        below = look.papers[0] if look.papers else colours.WHITE
        changed["papers"] = tuple(colours.over(stop, below) for stop in stops)
        return
    ink = changed.get("ink", look.ink)
    colour = (
        ink if "currentcolor" in value else next((c for word in _words(value) if (c := colours.parse(word)) is not None), None)
    )
    if isinstance(colour, tuple) and colour[3] > 0 and "papers" not in changed:
        unknown = not look.papers and colour[3] < 0.9
        changed["papers"] = () if unknown else tuple(colours.over(colour, below) for below in look.papers or (colours.WHITE,))


def _words(value: str) -> list[str]:
    return re.findall(r"[\w-]*\([^)]*\)|[^\s(),]+", value)


def _font(look: Look, name: str, value: str, changed: dict[str, object]) -> None:
    if name == "font":
        sizes = [w.partition("/")[0] for w in value.split() if re.match(r"(?:[\d.]+(?:px|pt|em|rem|%)|0)(?:/|\Z)", w)]
        value = sizes[0] if sizes else ""
    size = _FONT_SIZES.get(value)
    if size is None and value.endswith("%"):
        part = lengths.px(value[:-1])
        size = None if part is None else look.font_px * part / 100
    elif size is None:
        size = lengths.px(value, look.font_px)
    if size is not None and size >= 0:
        changed["font_px"] = size


def _shadow(look: Look, value: str, changed: dict[str, object]) -> None:
    """A sharp shadow of letters without a colour of their own is read like letters."""
    ink = changed.get("fill", look.fill) or changed.get("ink", look.ink)
    if not isinstance(ink, tuple) or ink[3] >= _FAINT:
        return
    words = _words(value.split("),", maxsplit=1)[0])
    blurs = [size for word in words if (size := lengths.px(word)) is not None]
    colour = next((c for word in words if lengths.px(word) is None and (c := colours.parse(word)) is not None), None)
    if colour is not None and len(blurs) > 1 and (len(blurs) < 3 or blurs[2] <= 3):
        changed |= {"ink": colour, "fill": None}


def _window(style: Declarations, look: Look) -> float:
    if not ("height" in style or "max-height" in style) or not cuts_off(style):
        return 0.0
    sizes = [
        lengths.px(style[side], look.font_px)
        for side in ("height", "max-height")
        if side in style and not style[side].endswith("%")
    ]
    return min((size for size in sizes if size), default=0.0)


def cuts_off(style: Declarations) -> bool:
    """Whether what is larger than the element is not painted."""
    flow = f"{style.get('overflow', '')} {style.get('overflow-y', '')} {style.get('overflow-x', '')}"
    return "hidden" in flow or "clip" in flow or "scroll" in flow or "auto" in flow


def share(value: str) -> float:
    """Of opacity: 0 to 1."""
    if value.startswith("calc("):
        return min(max(lengths.px(value) or 0.0, 0.0), 1.0)
    try:
        return min(max(float(value[:-1]) / 100 if value.endswith("%") else float(value), 0.0), 1.0)
    except ValueError:
        return 1.0
