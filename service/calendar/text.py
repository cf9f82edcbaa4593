"""Bytes of a calendar to content lines, however they were encoded or folded (RFC 5545 section 3.1)."""

from __future__ import annotations

import re

_FOLD = re.compile(rb"(?<!\n)\n+[ \t]")  # the lookbehind keeps a long run of empty lines linear
_STARTS = re.compile(r"[A-Za-z][A-Za-z0-9-]*[ \t]*[;:]")
_BOUNDARY = re.compile(r"(BEGIN|END)[ \t]*:", re.IGNORECASE)
_PROSE = re.compile(r"(DESCRIPTION|SUMMARY|LOCATION|COMMENT)[;:]", re.IGNORECASE)
_FOLDED_LENGTH = 70  # a physical line this long that goes on without its blank was folded wrongly, not broken by a person


def read_lines(data: bytes) -> list[str]:
    """Unfolded content lines without empty ones. Folds are undone before decoding: some writers cut inside a character."""
    data = _as_utf8(data)
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\0", b"")
    lines: list[list[str]] = []
    before = ""  # the physical line that the last one ended with
    for raw in _FOLD.sub(b"", data).split(b"\n"):
        line = _decode(raw).strip("\ufeff")
        if _STARTS.match(line):
            lines.append([line])
        elif line.strip() and lines and not _BOUNDARY.match(lines[-1][0]):
            if len(before) >= _FOLDED_LENGTH:
                lines[-1].append(line)
            elif _PROSE.match(lines[-1][0]):  # somebody's line break was never escaped
                lines[-1].append("\\n" + line)
        before = line or before
    return ["".join(pieces) for pieces in lines]


def is_whole(data: bytes) -> bool:
    """Whether the last calendar is closed: an answer cut short on its way is not."""
    text = _as_utf8(data).replace(b"\0", b"").upper()
    return text.rfind(b"END:VCALENDAR") > text.rfind(b"BEGIN:VCALENDAR")


def _as_utf8(data: bytes) -> bytes:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def _decode(raw: bytes) -> str:
    """UTF-8; what isn't is Latin-1, unless it is UTF-8 with a few bytes broken."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        mended = raw.decode("utf-8", "replace")
        whole = sum(c > "\x7f" and c != "\ufffd" for c in mended)
        return mended if whole > mended.count("\ufffd") else raw.decode("cp1252", "replace")
