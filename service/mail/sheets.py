"""Style sheets: which rules hold for which elements."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from service.mail import css, limits
from service.mail.css import Declarations
from service.mail.media import shown_on_screen
from service.mail.selectors import Selectors, TooMuchWork

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_STRING = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_BRACES = str.maketrans({"{": " ", "}": " ", ";": " "})
_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class Rule:
    weight: tuple[int, int]  # specificity, then place
    normal: Declarations
    important: Declarations


def rules_of(tree: LexborHTMLParser, tags: int) -> tuple[dict[int, list[Rule]], bool]:
    """The rules that hold for each element (by `mem_id`), and whether there were too many to look at all."""
    found: dict[int, list[Rule]] = {}
    written = _rules(tree)
    written.sort(key=lambda pair: not (css.can_hide(pair[1].normal) or css.can_hide(pair[1].important)))
    selectors = Selectors(tree, tags)
    try:
        for selector, rule in written[: limits.SELECTORS]:
            for element in selectors.select(selector):
                found.setdefault(element, []).append(rule)
    except TooMuchWork:
        return found, True
    return found, selectors.skipped or len(written) > limits.SELECTORS


def _rules(tree: LexborHTMLParser) -> list[tuple[str, Rule]]:
    """Each selector with its rule, as written; twice as many as are looked at, for those that hide to come first."""
    written: list[tuple[str, Rule]] = []
    for sheet in tree.css("style"):
        attributes = sheet.attributes
        if (attributes.get("type") or "text/css").strip().lower() != "text/css" or not shown_on_screen(
            (attributes.get("media") or "").lower()
        ):
            continue
        text = _COMMENT.sub(" ", sheet.text(deep=True)[:200_000])
        if '"' in text or "'" in text:
            text = _STRING.sub(lambda match: match[0].translate(_BRACES), text)
        for selector_list, block in _blocks(text):
            normal, important = css.declarations(block)
            if not normal and not important:
                continue
            for selector in _alternatives(selector_list[:5000]):
                written.append((selector.strip(), Rule((_specificity(selector), len(written)), normal, important)))
            if len(written) > 10 * limits.SELECTORS:
                return written
    return written


def _alternatives(selectors: str) -> list[str]:
    """The selectors of a list; what stands in brackets is one."""
    return selectors.split(",") if "(" not in selectors else re.findall(r"(?:[^,()]|\((?:[^()]|\([^()]*\))*\)?)+", selectors)


def _blocks(sheet: str) -> list[tuple[str, str]]:
    """(selectors, declarations) in order; of at-rules those that hold on a desktop's screen are entered, nested rules (CSS Nesting)
    get the selectors they stand in.
    """
    out: list[tuple[str, str]] = []
    around: list[str] = []  # what each open block adds to the selectors in it: "" for an at-rule
    at = 0
    while at < len(sheet):
        brace, end = sheet.find("{", at), sheet.find("}", at)
        if end >= 0 and (end < brace or brace < 0):
            _declared(out, around, sheet[at:end])
            if around:
                around.pop()
            at = end + 1
            continue
        if brace < 0:
            _declared(out, around, sheet[at:])
            break
        before, _, prelude = sheet[at:brace].rpartition(";")
        prelude = prelude.strip()
        _declared(out, around, before)
        if len(around) >= _DEEPEST or (prelude.startswith("@") and not _entered(prelude.lower())):
            at = _past_block(sheet, brace)
            continue
        around.append("" if prelude.startswith("@") else _nested(around, prelude))
        at = brace + 1
    return out


def _declared(out: list[tuple[str, str]], around: list[str], block: str) -> None:
    selectors = next((selectors for selectors in reversed(around) if selectors), "")
    if selectors and ":" in block:
        out.append((selectors, block))


def _nested(around: list[str], prelude: str) -> str:
    outer = next((selectors for selectors in reversed(around) if selectors), "")
    if not outer:
        return prelude
    inner = prelude.split(",")[:20]
    joined = [
        part.replace("&", one.strip()) if "&" in part else f"{one.strip()} {part.strip()}"
        for one in outer.split(",")[:20]
        for part in inner
    ]
    return ",".join(joined)[:5000]


def _entered(prelude: str) -> bool:
    name, _, condition = prelude[1:].partition(" ")
    name, bracket, rest = name.partition("(")
    condition = bracket + rest + condition
    if name == "supports":
        return not condition.strip().startswith("not")
    return name in {"layer", "container", "scope", "starting-style"} or (name == "media" and shown_on_screen(condition.strip()))


def _past_block(sheet: str, brace: int) -> int:
    depth = 0
    for match in re.finditer(r"[{}]", sheet[brace:]):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return brace + match.end()
    return len(sheet)


def _specificity(selector: str) -> int:
    ids = selector.count("#")
    classes = len(re.findall(r"\.[\w-]|\[|:(?!not)", selector))
    types = len(re.findall(r"(?:^|[\s>+~])[a-zA-Z]", selector))
    return ids * 10_000 + classes * 100 + types
