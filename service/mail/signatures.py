"""What stands below a sender's words: signatures, "Sent from my …", mailing list footers, disclaimers."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import takewhile

from service.mail import disclaimers, phrases

_DELIMITER = re.compile(r"\s*(?:--|\u2014|\u2013|-- |---|__)\s*\Z")

_MAY_SIGN = frozenset("-_\u2014\u2013=*~\u2500 \t")

_RULES = frozenset("=*~\u2500")

_DASHES = frozenset("-_\u2014\u2013")

_RULE = re.compile(r"\s*[-_=*\u2500\u2014]{5,}\s*\Z")

_TITLED_RULE = re.compile(r"\s*[-=_]{3,}\s?[^-=_\n]{2,40}\s?[-=_]{3,}\s*\Z")
"""In whatever language it says "original message"."""

_DASHED_NAME = re.compile(r"\s*[-\u2014\u2013]{1,2}\s?[^\W\d_][\w.'\u2019-]{1,20}(?: [^\W\d_][\w.'\u2019-]{0,20}){0,2}\.?\s*\Z")

_APOLOGY = re.compile(
    r"[.,;:–—-]\s*(?:so |and )?(?:please |pls |kindly )?(?:excuse|forgive|pardon|ignore|expect|apologies|sorry|bitte entschuldig|bitte um nachsicht|"
    r"merci d.excuser|veuillez excuser|disculp|perdon|desculpe|scusa)",
    re.IGNORECASE,
)

_FOOTER_LINES = 80
"""Lines at the end among which a disclaimer is looked for."""

_LABEL_LENGTH = 200
"""Characters of a line; longer ones are no printer's footer."""

_CONTACT = re.compile(
    r"(?:\+|\b00|\(0)\d[\d ()./-]{6,}|\b\d{3}[ .-]\d{3}[ .-]\d{4}\b|\S@\S+\.\w|\bwww\.|https?://|"
    r"\b(?:tel|phone|mobile?|fax|cell|direct|handy|telefon|móvil|tél)\b\.?\s?:?\s?[+(\d]|\b(?:GmbH|AG|Inc|Ltd|LLC|S\.?A|SARL|B\.?V|Oy|AB|ApS|S\.?r\.?l)\b",
    re.IGNORECASE,
)
_HEAVY_RULE = re.compile(r"\s*[-_=*~─—]{4,}\s*\Z")
_NAME = re.compile(r"\s*[A-ZÀ-ÞА-Я][\w.'’-]+(?: [A-ZÀ-ÞА-Я][\w.'’-]*){0,3}\s*\Z")

_LIST_ITEM = re.compile(r"\s*[-*\u2022\u2013]\s?\S")


def without_rule(kept: list[str]) -> list[str]:
    """The separator that stands before a quoted header block."""
    end = len(kept)
    while end and not kept[end - 1].strip():
        end -= 1
    return kept[: end - 1] if end and (_RULE.match(kept[end - 1]) or _TITLED_RULE.match(kept[end - 1])) else kept[:end]


def signed_off(kept: list[str]) -> list[str]:
    """Without the signature that ends it: after "--", "Sent from my …", or "-Name"."""
    for number in range(max(0, len(kept) - 40), len(kept)):
        line = kept[number]
        if not line or not (line[0] in _MAY_SIGN or (len(line) <= _LABEL_LENGTH and _begins_with_device(line))):
            continue
        if _is_signature(kept, number) and (_DELIMITER.match(line) or any(before.strip() for before in kept[:number])):
            return _trimmed(kept[:number])
    return kept


def _is_signature(kept: list[str], number: int) -> bool:
    line = kept[number]
    if line.lstrip()[:1] in _DASHES:
        return _is_delimiter(kept, number) or _is_dashed_name(kept, number) or _is_ruled_off(kept, number)
    if line.lstrip()[:1] in _RULES:
        return _is_ruled_off(kept, number)
    if len(line) > _LABEL_LENGTH or not _begins_with_device(line):
        return False
    rest = _words_after(kept, number)
    return _says_device(line) and len(rest) <= 4 and all(phrases.SENT_FROM.match(r) or len(r) < 80 for r in rest)


@lru_cache(maxsize=4096)
def _begins_with_device(line: str) -> bool:
    return phrases.SENT_FROM.match(line) is not None  # the same lines are asked about once for every quote above them


def _words_after(kept: list[str], number: int) -> list[str]:
    return [line for line in kept[number + 1 :] if line.strip()]


def _is_delimiter(kept: list[str], number: int) -> bool:
    line = kept[number]
    if not _DELIMITER.match(line):
        return False
    rest = _words_after(kept, number)
    return 0 < len(rest) <= (14 if line.strip() == "--" else 5) and all(len(r) < 100 for r in rest)


def _is_ruled_off(kept: list[str], number: int) -> bool:
    """A few short lines below a rule that say who wrote it; a heading below a rule has more to follow."""
    if not _HEAVY_RULE.match(kept[number]):
        return False
    rest = _words_after(kept, number)
    if not 0 < len(rest) <= 9 or any(len(r) >= 70 for r in rest) or rest[0].isupper() or not _NAME.match(rest[0]):
        return False
    return len(rest) < 3 or any(_CONTACT.search(r) for r in rest)


def _is_dashed_name(kept: list[str], number: int) -> bool:
    if not _DASHED_NAME.match(kept[number]):
        return False
    before = [b for b in kept[:number] if b.strip()][-1:]
    if not before or _LIST_ITEM.match(before[0]) or before[0].endswith(":"):
        return False
    return all(phrases.SENT_FROM.match(r) or _RULE.match(r) for r in _words_after(kept, number))


def _says_device(line: str) -> bool:
    """Whether it says "Sent from my iPhone" and is no sentence that happens to start so."""
    said = re.sub(r"<[^<>]*>|https?://\S+", "", line).strip(" \t*_()[]")
    if _APOLOGY.search(said) or said.lower().startswith("diese nachricht wurde von"):
        return True
    return (
        len(said.split()) <= 14
        and not re.search(r"[,;]\s|[a-z]\.\s+\w", said)
        and not (said.endswith(".") and len(said.split()) > 8)
    )


def without_footers(lines: list[str]) -> list[str]:
    """Without a mailing list's footer or a disclaimer, looked for from the end."""
    lines = _trimmed(lines)
    tail = "\n".join(lines[-_FOOTER_LINES:]).lower()
    wordy, labelled = disclaimers.may_hold_one(tail), disclaimers.may_be_labelled(tail)
    for _ in range(4):
        shorter = _without_list_footer(lines)
        if wordy or labelled:
            shorter = _without_disclaimer(shorter, wordy=wordy)
        shorter = signed_off(shorter)
        if len(shorter) == len(lines):
            return lines
        lines = _trimmed(shorter)
    return lines


def _without_list_footer(lines: list[str]) -> list[str]:
    for number in range(max(0, len(lines) - 12), len(lines)):
        if _RULE.match(lines[number]) or _DELIMITER.match(lines[number]):
            rest = "\n".join(lines[number + 1 :])
            if rest and phrases.LIST_FOOTER.search(rest):
                return lines[:number]
    return lines


def _without_disclaimer(lines: list[str], *, wordy: bool) -> list[str]:
    for number in range(max(1, len(lines) - _FOOTER_LINES), len(lines)):
        line, before = lines[number], lines[number - 1]
        if (
            not line
            or before[:1].isalnum()
            or (before.strip() and not _RULE.match(before))
            or not (wordy or len(line) < _LABEL_LENGTH)
        ):
            continue  # a disclaimer starts a paragraph
        paragraph = "\n".join(takewhile(str.strip, lines[number : number + 12]))
        if not (disclaimers.is_disclaimer(paragraph) if wordy else disclaimers.is_labelled(paragraph)):
            continue
        if any(line.strip() for line in lines[:number]):
            return without_rule(lines[:number])
    return lines


def _trimmed(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    while start < end and not lines[start].strip():
        start += 1
    return lines[start:end]
