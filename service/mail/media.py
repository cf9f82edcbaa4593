"""Media queries (Media Queries Level 4) for the window a person reads mail in: a desktop's screen, 1,000 px wide, light colours."""

from __future__ import annotations

import re

from service.mail import lengths

_WIDTH = 1000.0
_HEIGHT = 800.0
_FEATURE = re.compile(r"\(([^()]*)\)")
_RANGE = re.compile(r"(?:device-)?(width|height)\s*([<>]=?|=)\s*([^\s<>=]+)|([^\s<>=]+)\s*([<>]=?)\s*(?:device-)?(width|height)")
_HOLD = {"any-hover": "hover", "hover": "hover", "pointer": "fine", "any-pointer": "fine", "prefers-color-scheme": "light", "orientation": "landscape",
         "prefers-reduced-motion": "no-preference", "prefers-contrast": "no-preference", "scripting": "none", "monochrome": "0", "grid": "0", "forced-colors": "none",
         "inverted-colors": "none"}  # fmt: skip


def shown_on_screen(media: str) -> bool:
    """Whether a list of media queries, in lower case, holds. An empty one does."""
    if not media.strip():
        return True
    return any(_holds(query.strip()) for query in media.split(","))


def _holds(query: str) -> bool:
    negated = query.startswith(("not ", "not("))
    rest = query.removeprefix("not").strip() if negated else query.removeprefix("only ").strip()
    features = _FEATURE.findall(rest)
    kind = re.match(r"[a-z]+", _FEATURE.sub(" ", rest).strip())
    named = kind is None or kind[0] in {"screen", "all", "and", "or", "not"}
    # "or" and inner negation are too rare to be told apart: such a query is taken to hold.
    odd = " or " in rest or re.search(r"\bnot\b", rest) is not None
    return (named and (odd or all(_has(feature) for feature in features))) is not negated


def _has(feature: str) -> bool:
    name, colon, value = (part.strip() for part in feature.partition(":"))
    if not colon:
        return (
            all(_in_range(match) for match in _RANGE.finditer(feature))
            if re.search(r"[<>=]", feature)
            else name not in {"monochrome", "grid", "update"}
        )
    side = name.removeprefix("min-").removeprefix("max-").removeprefix("device-")
    if side in {"width", "height"}:
        size, ours = lengths.px(value), _WIDTH if side == "width" else _HEIGHT
        if size is None:
            return False
        return ours >= size if name.startswith("min-") else ours <= size if name.startswith("max-") else ours == size
    return _HOLD.get(name, value) == value


def _in_range(match: re.Match[str]) -> bool:
    name, sign, bound = (match[1], match[2], match[3]) if match[1] else (match[6], _turned(match[5]), match[4])
    size, ours = lengths.px(bound), _WIDTH if name == "width" else _HEIGHT
    if size is None:
        return False
    return (
        (ours < size or ("=" in sign and ours == size))
        if "<" in sign
        else (ours > size or ("=" in sign and ours == size))
        if ">" in sign
        else ours == size
    )


def _turned(sign: str) -> str:
    return sign.replace("<", "\0").replace(">", "<").replace("\0", ">")
