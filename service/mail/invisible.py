"""Characters that nobody sees: zero-width, bidi and tag characters, stray variation selectors, controls."""

from __future__ import annotations

import re
from typing import NamedTuple

_EMOJI = "\u00a9\u00ae\u200d\u203c-\u3299\U0001f000-\U0001faff"
_SUSPECT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# What is kept: joiners inside emoji and in the scripts that need them, one selector after what it can select,
# and the tags of a flag (black flag, up to seven tags, cancel tag).
_KEEP = re.compile(
    f"(?<=[{_EMOJI}\ufe0f\U0001f3fb-\U0001f3ff])\u200d(?=[{_EMOJI}])"
    "|(?<=[\u0600-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18af])[\u200c\u200d](?=[\u0600-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18af])"
    f"|(?<=[{_EMOJI}#*0-9])[\ufe0e\ufe0f](?![\ufe00-\ufe0f])"
    "|(?<=[\u3400-\u9fff\U00020000-\U0003134f])[\U000e0100-\U000e01ef](?![\U000e0100-\U000e01ef])"
    "|(?<=[\u1820-\u18aa])[\u180b-\u180e]"
    "|(?<=\U0001f3f4)[\U000e0030-\U000e007a]{1,7}\U000e007f"
)
# Marks that honest right-to-left text and preheaders are full of: removed, but no sign of anything.
_HARMLESS = frozenset("\u00ad\u200e\u200f\u061c\ufeff\u200b\u200c\u034f\x0b\x0c\x1f\x00\u0085")
_RUN = re.compile(f"(?:{_KEEP.pattern})|({_SUSPECT.pattern}+)")


class Cleaned(NamedTuple):
    text: str
    hidden: int
    """Characters taken out that can carry a message nobody sees."""


def clean(text: str) -> Cleaned:
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return Cleaned(text, 0)
    if not _SUSPECT.search(text):
        return Cleaned(text, 0)
    hidden = 0

    def take(match: re.Match[str]) -> str:
        nonlocal hidden
        if match[1] is None:
            return match[0]
        run = match[1]
        # A run may swallow something worth keeping (an emoji's selector before a joiner): look at each alone.
        if len(run) > 1:
            kept, taken = _one_by_one(match.string, match.start(), match.end())
            hidden += taken
            return kept
        hidden += run not in _HARMLESS
        return " " if run in "\x0b\x0c\u0085" else ""

    return Cleaned(_RUN.sub(take, text), hidden)


def _one_by_one(text: str, start: int, end: int) -> tuple[str, int]:
    kept: list[str] = []
    taken = 0
    at = start
    while at < end:
        keep = _KEEP.match(text, at)
        if keep and keep.end() > at:
            kept.append(keep[0])
            at = keep.end()
            continue
        taken += text[at] not in _HARMLESS
        at += 1
    return "".join(kept), taken
