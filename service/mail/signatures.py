"""What stands below a sender's words: signatures, "Sent from my …", mailing list footers, disclaimers."""

from __future__ import annotations

import re

from service.mail import phrases

_DELIMITER = re.compile(r"\s*(?:--|\u2014|\u2013|-- |---|__)\s*\Z")

_DASHES = frozenset("-_\u2014\u2013")

_RULE = re.compile(r"\s*[-_=*\u2500\u2014]{5,}\s*\Z")

_DASHED_NAME = re.compile(r"\s*[-\u2014\u2013]{1,2}\s?[^\W\d_][\w.'\u2019-]{1,20}(?: [^\W\d_][\w.'\u2019-]{0,20}){0,2}\.?\s*\Z")

_LIST_ITEM = re.compile(r"\s*[-*\u2022\u2013]\s?\S")


def without_rule(kept: list[str]) -> list[str]:
    """The separator that stands before a quoted header block."""
    end = len(kept)
    while end and not kept[end - 1].strip():
        end -= 1
    return kept[: end - 1] if end and _RULE.match(kept[end - 1]) else kept[:end]


def signed_off(kept: list[str]) -> list[str]:
    """Without the signature that ends it: after "--", "Sent from my …", or "-Name"."""
    for number in range(max(0, len(kept) - 40), len(kept)):
        line = kept[number]
        if line and _is_signature(kept, number) and (_DELIMITER.match(line) or any(before.strip() for before in kept[:number])):
            return _trimmed(kept[:number])
    return kept


def _is_signature(kept: list[str], number: int) -> bool:
    line = kept[number]
    if line.lstrip()[:1] in _DASHES:
        return _is_delimiter(kept, number) or _is_dashed_name(kept, number)
    if not phrases.SENT_FROM.match(line):
        return False
    rest = _words_after(kept, number)
    return _says_device(line) and len(rest) <= 4 and all(phrases.SENT_FROM.match(r) or len(r) < 80 for r in rest)


def _words_after(kept: list[str], number: int) -> list[str]:
    return [line for line in kept[number + 1 :] if line.strip()]


def _is_delimiter(kept: list[str], number: int) -> bool:
    line = kept[number]
    if not _DELIMITER.match(line):
        return False
    rest = _words_after(kept, number)
    return 0 < len(rest) <= (14 if line.strip() == "--" else 5) and all(len(r) < 100 for r in rest)


def _is_dashed_name(kept: list[str], number: int) -> bool:
    if not _DASHED_NAME.match(kept[number]):
        return False
    before = [b for b in kept[:number] if b.strip()][-1:]
    if not before or _LIST_ITEM.match(before[0]):
        return False
    return all(phrases.SENT_FROM.match(r) or _RULE.match(r) for r in _words_after(kept, number))


def _says_device(line: str) -> bool:
    """Whether it says "Sent from my iPhone" and is no sentence that happens to start so."""
    said = re.sub(r"<[^<>]*>|https?://\S+", "", line).strip(" \t*_()[]")
    return (
        len(said.split()) <= 14
        and not re.search(r"[,;]\s|[a-z]\.\s+\w", said)
        and not (said.endswith(".") and len(said.split()) > 8)
    )


def without_footers(lines: list[str]) -> list[str]:
    """Without a mailing list's footer or a disclaimer, looked for from the end."""
    lines = _trimmed(lines)
    for _ in range(4):
        shorter = signed_off(_without_disclaimer(_without_list_footer(lines)))
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


def _without_disclaimer(lines: list[str]) -> list[str]:
    for number in range(1, len(lines)):
        if lines[number - 1].strip() and not _RULE.match(lines[number - 1]):
            continue  # a disclaimer starts a paragraph
        if not lines[number].strip() or not phrases.DISCLAIMER.match("\n".join(lines[number : number + 3])[:600]):
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
