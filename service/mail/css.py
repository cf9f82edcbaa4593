"""The part of CSS that decides whether text is seen: what declarations say."""

from __future__ import annotations

import re
from functools import lru_cache

from service.mail import colours, lengths

Declarations = dict[str, str]

_LOOKED_AT = frozenset(
    [
        "display",
        "visibility",
        "opacity",
        "filter",
        "clip",
        "clip-path",
        "position",
        "left",
        "right",
        "top",
        "bottom",
        "inset",
        "margin",
        "margin-left",
        "margin-top",
        "text-indent",
        "transform",
        "translate",
        "scale",
        "zoom",
        "overflow",
        "overflow-x",
        "overflow-y",
        "height",
        "max-height",
        "width",
        "max-width",
        "line-height",
        "letter-spacing",
        "font-size",
        "font",
        "color",
        "background",
        "background-color",
        "background-image",
        "background-clip",
        "mask",
        "mask-image",
        "backface-visibility",
        "mso-hide",
        "z-index",
        "content-visibility",
        "-webkit-text-fill-color",
        "text-shadow",
        "white-space",
        "all",
    ]
)
"""Properties that can make text unseen, or seen again."""
_SAME_AS = {
    "block-size": "height",
    "max-block-size": "max-height",
    "inline-size": "width",
    "max-inline-size": "max-width",
    "inset-inline-start": "left",
    "inset-block-start": "top",
    "margin-inline-start": "margin-left",
    "margin-block-start": "margin-top",
    **{
        f"-webkit-{name}": name
        for name in ("clip-path", "mask", "mask-image", "filter", "transform", "background-clip", "backface-visibility")
    },
}
_CAN_HIDE = _LOOKED_AT - {"color", "background", "background-color", "background-image", "font", "white-space", "all"}
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_DECLARATION = re.compile(r"([\w-]{1,60})\s*:\s*((?:[^;()\"']|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)?|\"[^\"]*\"?|'[^']*'?)*)")
_FOR_ANY = frozenset({"inherit", "initial", "unset", "revert", "revert-layer"})
_DISPLAYS = frozenset(
    [
        "none",
        "block",
        "inline",
        "inline-block",
        "flex",
        "inline-flex",
        "grid",
        "inline-grid",
        "table",
        "inline-table",
        "table-row",
        "table-cell",
        "table-row-group",
        "table-header-group",
        "table-footer-group",
        "table-column",
        "table-column-group",
        "table-caption",
        "list-item",
        "contents",
        "flow-root",
        "flow",
        "run-in",
        "ruby",
        "math",
        "-webkit-box",
        "-webkit-inline-box",
        "-webkit-flex",
        "-webkit-inline-flex",
    ]
)
_SHARE = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?%?\Z|calc\(")
_SIZES = re.compile(r"(?:xx?-small|small|medium|large|x{1,3}-large|smaller|larger|math)\Z")
_BACKGROUND = re.compile(
    r"url\(|gradient\(|image-set\(|element\(|\b(?:none|repeat|no-repeat|repeat-[xy]|scroll|fixed|local|center|left|right|top|bottom|currentcolor)\b|\d"
)


@lru_cache(maxsize=4096)
def declarations(text: str) -> tuple[Declarations, Declarations]:
    """What a style attribute or a rule's block declares, normal and !important; the last of a property counts."""
    normal: Declarations = {}
    important: Declarations = {}
    if "\\" in text:
        text = _ESCAPE.sub(_unescaped, text)
    if "/*" in text:
        text = _COMMENT.sub(" ", text)
    for match in _DECLARATION.finditer(text[:20_000]):
        name = match[1].lower()
        name = _SAME_AS.get(name, name)
        if name not in _LOOKED_AT and not name.startswith("--"):
            continue
        value, bang, _ = match[2].strip().lower().partition("!")
        value = value.strip()
        if is_valid(name, value):
            (important if bang and "important" in match[2].lower() else normal)[name] = value
    return normal, important


def is_valid(name: str, value: str) -> bool:
    """Whether a browser takes `value`; what it does not leaves what stood there before."""
    if value in _FOR_ANY or "var(" in value:
        return True
    if name == "display":
        return bool(value) and all(word in _DISPLAYS for word in value.split())
    if name == "visibility":
        return value in {"visible", "hidden", "collapse"}
    if name == "opacity":
        return _SHARE.match(value) is not None
    if name == "font-size":
        return _SIZES.match(value) is not None or (lengths.px(value) or -1) >= 0 or lengths.px(value) == 0
    if name in {"color", "-webkit-text-fill-color", "background-color"}:
        return value == "currentcolor" or colours.parse(value) is not None
    if name == "background":
        return _BACKGROUND.search(value) is not None or any(
            colours.parse(word) for word in re.findall(r"[\w-]+\([^()]*\)|[^\s(),]+", value)
        )
    return bool(value)


def can_hide(declared: Declarations) -> bool:
    """Whether it may do more than colour."""
    return not _CAN_HIDE.isdisjoint(declared)


def _unescaped(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[2]
    code = int(match[1], 16)
    return chr(code) if 0 < code < 0xD800 else " "
