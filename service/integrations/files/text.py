"""Bytes of unknown encoding to text."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def encoding_of(head: bytes) -> tuple[str, int]:
    """The encoding that the first bytes show ("" where they don't) and how long the mark is."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, len(mark)
    sample = head[:2000]
    if len(sample) >= 8:  # Latin text in UTF-16 without a mark has a zero in every other byte
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if odd > len(sample) * 0.3 and even < len(sample) * 0.05:
            return "utf-16-le", 0
        if even > len(sample) * 0.3 and odd < len(sample) * 0.05:
            return "utf-16-be", 0
    return "", 0


def decode(data: bytes) -> str:
    """By its mark, else UTF-8, else Windows-1252, which maps every byte that ISO 8859-1 prints. Never fails."""
    name, skip = encoding_of(data)
    if name:
        return data[skip:].decode(name, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # one bad byte in a long UTF-8 text is damage; an accent in the first words of another encoding is not
        if error.start > 0 and _mostly_utf8(data):
            return data.decode("utf-8", "replace")
        return data.decode("cp1252", "replace")


def _mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    wide = sum(1 for c in text if c > "\x7f" and c != "\ufffd")
    return wide > 10 * text.count("\ufffd")


def is_binary(head: bytes) -> bool:
    return b"\0" in head[:4000] and not encoding_of(head)[0]
