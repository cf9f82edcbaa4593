"""The part of CSS that decides whether text is seen: declarations, style sheets, lengths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser

from service.mail import limits
from service.mail.selectors import Selectors, TooMuchWork

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
        "margin",
        "margin-left",
        "margin-top",
        "text-indent",
        "transform",
        "scale",
        "overflow",
        "overflow-x",
        "overflow-y",
        "height",
        "max-height",
        "width",
        "max-width",
        "line-height",
        "font-size",
        "font",
        "color",
        "background",
        "background-color",
        "background-image",
        "mso-hide",
        "z-index",
        "content-visibility",
        "-webkit-text-fill-color",
        "white-space",
        "all",
    ]
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_DECLARATION = re.compile(r"([\w-]{1,60})\s*:\s*((?:[^;()\"']|\([^)]*\)?|\"[^\"]*\"?|'[^']*'?)*)")
_LENGTH = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(px|pt|em|rem|ex|ch|vw|vh|%|in|cm|mm|pc)?\Z")
_IN_PX = {"px": 1, "pt": 1.333, "in": 96, "cm": 37.8, "mm": 3.78, "pc": 16, "vw": 10, "vh": 8, "rem": 16, "": 1}
_MAX_WIDTH = re.compile(r"max-(?:device-)?width\s*:")
_MIN_WIDTH = re.compile(r"min-(?:device-)?width\s*:\s*(\d+)")
_CAN_HIDE = _LOOKED_AT - {"color", "background", "background-color", "background-image", "font", "white-space", "all"}


@dataclass(frozen=True, slots=True)
class Rule:
    weight: tuple[int, int]  # specificity, then place
    normal: Declarations
    important: Declarations


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
        if name not in _LOOKED_AT:
            continue
        value, bang, _ = match[2].strip().lower().partition("!")
        (important if bang and "important" in match[2].lower() else normal)[name] = value.strip()
    return normal, important


def _unescaped(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[2]
    code = int(match[1], 16)
    return chr(code) if 0 < code < 0xD800 else " "


def length(value: str, font_px: float = 16.0) -> float | None:
    """In CSS pixels; a percentage as if of 1,000 px. None where it is no length."""
    match = _LENGTH.match(value.strip())
    if not match:
        return None
    number, unit = float(match[1]), match[2] or ""
    if unit in {"em", "ex", "ch"}:
        return number * font_px * (1.0 if unit == "em" else 0.5)
    return number * (10.0 if unit == "%" else _IN_PX[unit])


def rules_of(tree: LexborHTMLParser) -> tuple[dict[int, list[Rule]], bool]:
    """The rules that hold for each element (by `mem_id`), and whether there were too many to look at all."""
    found: dict[int, list[Rule]] = {}
    written = _rules(tree)
    written.sort(key=lambda pair: _CAN_HIDE.isdisjoint(pair[1].normal) and _CAN_HIDE.isdisjoint(pair[1].important))
    selectors = Selectors(tree)
    try:
        for selector, rule in written[: limits.SELECTORS]:
            for element in selectors.select(selector):
                found.setdefault(element, []).append(rule)
    except TooMuchWork:
        return found, True
    return found, len(written) > limits.SELECTORS


def _rules(tree: LexborHTMLParser) -> list[tuple[str, Rule]]:
    """Each selector with its rule, as written; twice as many as are looked at, for those that hide to come first."""
    written: list[tuple[str, Rule]] = []
    for sheet in tree.css("style"):
        if not _shown_on_screen((sheet.attributes.get("media") or "").lower()):
            continue
        for selector_list, block in _blocks(_COMMENT.sub(" ", sheet.text(deep=True)[:200_000])):
            normal, important = declarations(block)
            if not normal and not important:
                continue
            for selector in selector_list[:5000].split(",") if ":not(" not in selector_list else [selector_list]:
                written.append((selector.strip(), Rule((_specificity(selector), len(written)), normal, important)))
            if len(written) > 10 * limits.SELECTORS:
                return written
    return written


def _blocks(sheet: str) -> list[tuple[str, str]]:
    """(selectors, declarations) in order; of at-rules those that hold on a desktop's screen are entered."""
    out: list[tuple[str, str]] = []
    at = 0
    closing: list[bool] = []
    while True:
        brace = sheet.find("{", at)
        end = sheet.find("}", at)
        if end >= 0 and (end < brace or brace < 0):
            at = end + 1  # the end of an at-rule
            closing and closing.pop()
            continue
        if brace < 0:
            return out
        prelude = sheet[at:brace].rpartition(";")[2].strip()
        if prelude.startswith("@"):
            if _entered(prelude.lower()) and len(closing) < 10:
                closing.append(True)
                at = brace + 1
            else:
                at = _past_block(sheet, brace)
            continue
        end = sheet.find("}", brace)
        out.append((prelude, sheet[brace + 1 : end if end >= 0 else len(sheet)]))
        if end < 0:
            return out
        at = end + 1


def _entered(prelude: str) -> bool:
    name, _, condition = prelude[1:].partition(" ")
    return name in {"supports", "layer", "container"} or (name == "media" and _shown_on_screen(condition))


def _past_block(sheet: str, brace: int) -> int:
    depth = 0
    for match in re.finditer(r"[{}]", sheet[brace:]):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return brace + match.end()
    return len(sheet)


def _shown_on_screen(media: str) -> bool:
    """Whether a media query holds for a window of 1,000 px in light colours."""
    if not media.strip():
        return True
    return any(_query_holds(query.strip()) for query in media.split(","))


def _query_holds(query: str) -> bool:
    if query.startswith("not "):
        return "screen" not in query and "all" not in query
    if (
        _MAX_WIDTH.search(query)
        or "print" in query
        or "speech" in query
        or "prefers-color-scheme: dark" in query.replace(":d", ": d")
    ):
        return False
    smallest = _MIN_WIDTH.search(query)
    return not smallest or int(smallest[1]) <= 1000


def _specificity(selector: str) -> int:
    ids = selector.count("#")
    classes = len(re.findall(r"\.[\w-]|\[|:(?!not)", selector))
    types = len(re.findall(r"(?:^|[\s>+~])[a-zA-Z]", selector))
    return ids * 10_000 + classes * 100 + types
