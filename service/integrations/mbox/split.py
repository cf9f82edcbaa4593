"""Where the messages of an mbox begin (RFC 4155 and its dialects mboxo, mboxrd, mboxcl, mboxcl2).

A "From " line separates where a blank line is before it and it names a time or an address, with header fields after it;
without the blank line it has to look entirely like what mail programs write. A Content-Length that leads to the next
separator (mboxcl) is believed, so that "From " lines within such a body don't separate.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

CHUNK = 4_000_000
MARGIN = 70_000
"""What is looked at after a separator: its line, the next one, and a header to find Content-Length in."""

_TIMED = re.compile(rb"[ \t]\d{1,2}:\d\d(?::\d\d)?\b[^\r\n]*\b\d{2,4}\b|\b\d{4}\b[^\r\n]*[ \t]\d{1,2}:\d\d")
_ADDRESS_ONLY = re.compile(rb"From (?:-|\S+@\S+|MAILER-DAEMON)[ \t]*\r?\n")
_USUAL = re.compile(
    rb"From \S[^\r\n]*? *(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +\w{1,4} +\w{1,4} +(?:\d\d:\d\d|\d{4})[^\r\n]*\r?\n", re.IGNORECASE
)
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:|>From ")
_LENGTH = re.compile(rb"\nContent-Length:[ \t]*(\d{1,12})[ \t]*\r?\n", re.IGNORECASE)
_BLANK = re.compile(rb"\n\r?\n")


def boundaries(descriptor: int, start: int, end: int) -> Iterator[int]:
    """Offsets at which messages begin, rising, from `start` up to `end`. Reads in chunks; memory stays flat."""
    base, buffer = start, os.pread(descriptor, min(CHUNK, end - start), start)
    floor = led = 0  # nothing before `floor` separates; `led` is where a Content-Length led to
    if _separates(buffer, 0, after_blank=True):
        yield start
        floor = led = _after_content(descriptor, buffer, 0, base, end)
    position = 0
    while buffer:
        complete = base + len(buffer) >= end
        limit = len(buffer) if complete else max(len(buffer) - MARGIN, 1)
        while (hit := buffer.find(b"\nFrom ", position, limit + 6)) != -1:
            at = position = hit + 1
            expected = led <= base + at <= led + 2
            if base + at < floor or not _separates(buffer, at, after_blank=expected or _blank_before(buffer, at)):
                continue
            yield base + at
            led = _after_content(descriptor, buffer, at, base, end)
            floor = max(base + at + 1, led)
            position = max(position, min(floor - base - 1, len(buffer)))
        if complete:
            return
        kept = max(limit - 4, 0)
        more = os.pread(descriptor, min(CHUNK, end - base - len(buffer)), base + len(buffer))
        if not more:
            return
        base, buffer = base + kept, buffer[kept:] + more
        position = max(0, floor - base - 1)


def _separates(buffer: bytes, at: int, *, after_blank: bool) -> bool:
    if not buffer.startswith(b"From ", at):
        return False
    line_end = buffer.find(b"\n", at, at + 1000)
    if line_end == -1:  # the file ends within the line: the envelope of a message that never came
        return after_blank and len(buffer) - at < 1000 and bool(_TIMED.search(buffer, at))
    following = buffer[line_end + 1 : line_end + 200]
    has_header = bool(_FIELD.match(following))
    if not after_blank:
        return has_header and bool(_USUAL.match(buffer, at))
    if _TIMED.search(buffer, at, line_end):
        return has_header or not following.strip(b"\r\n")[:1] or following[:1] in b"\r\n"
    return has_header and bool(_ADDRESS_ONLY.match(buffer, at))


def _blank_before(buffer: bytes, at: int) -> bool:
    return buffer[max(at - 3, 0) : at].endswith((b"\n\n", b"\n\r\n")) or at <= 2


def _after_content(descriptor: int, buffer: bytes, at: int, base: int, end: int) -> int:
    """The offset behind the body as Content-Length has it, where a separator or the end of the file is there; else 0."""
    header_end = _BLANK.search(buffer, at, at + MARGIN)
    if header_end is None:
        return 0
    length = _LENGTH.search(buffer, at, header_end.end())
    if length is None:
        return 0
    behind = base + header_end.end() + int(length[1])
    if end - 2 <= behind <= end:
        return behind
    return behind if behind < end and os.pread(descriptor, 10, behind).lstrip(b"\r\n").startswith(b"From ") else 0
