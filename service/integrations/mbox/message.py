"""One message as it lies in an mbox: its envelope line, its status, its quoted "From " lines."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

_QUOTED = re.compile(rb"(?m)^>(>*From )")
_VOLATILE = re.compile(
    rb"(?mi)^(?:x-status|status|x-mozilla-(?:status2?|keys)|x-keywords|x-uid|x-gmail-labels):[^\n]*\n(?:[ \t][^\n]*\n)*"
)
_STATUS = re.compile(rb"(?mi)^(x-status|status|x-mozilla-status|x-gmail-labels):[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)")
_BLANK = re.compile(rb"\n\r?\n")
_ASCTIME = re.compile(
    rb"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* +(\d{1,2}),? +(\d\d?):(\d\d)(?::(\d\d))?[^\r\n]*?\b(\d{4})\b"
    rb"(?:[ \t]+([+-])(\d\d)(\d\d))?"
)
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_LETTERS = {ord("R"): "seen", ord("A"): "answered", ord("F"): "flagged", ord("T"): "draft", ord("D"): "trashed"}
_BITS = {0x0001: "seen", 0x0002: "answered", 0x0004: "flagged", 0x0008: "trashed"}
_LABELS = {"starred": "flagged", "draft": "draft", "drafts": "draft", "trash": "trashed", "opened": "seen"}


@dataclass(frozen=True, slots=True)
class Found:
    """`digest` is the same wherever the message lies and whatever its status is."""

    digest: str
    data: bytes  # the message itself, as it was sent
    flags: frozenset[str]
    labels: tuple[str, ...]  # of Google Takeout
    envelope: bytes  # the "From " line
    internal: bool = False  # an entry of the mail program's own, no message

    def sent_at(self) -> datetime | None:
        return envelope_time(self.envelope)


def parse(chunk: bytes) -> Found:
    """From one separator up to the next."""
    line_end = chunk.find(b"\n") + 1 if chunk.startswith(b"From ") else 0
    if line_end == 0 and chunk.startswith(b"From "):
        line_end = len(chunk)
    whole = chunk[line_end:].rstrip(b"\r\n")
    blank = _BLANK.search(whole)
    head, body = (whole[: blank.start() + 1], whole[blank.start() + 1 :]) if blank else (whole + b"\n", b"")
    if head.startswith(b">From "):  # an envelope that was quoted as if it were text
        head = head[head.find(b"\n") + 1 :]
    flags, labels = _status(head)
    settled = _VOLATILE.sub(b"", head) if b"tatus" in head or b"X-" in head or b"x-" in head else head
    if b"\n>" in body and _QUOTED.search(body):
        body = _QUOTED.sub(rb"\1", body)
    key = hashlib.blake2b(settled, digest_size=10)
    key.update(body)
    return Found(
        digest=key.hexdigest(),
        data=head.lstrip(b"\r\n") + body + b"\n",
        flags=flags,
        labels=labels,
        envelope=chunk[:line_end],
        internal=b"FOLDER INTERNAL DATA" in head and b"X-IMAP" in head,
    )


def _status(head: bytes) -> tuple[frozenset[str], tuple[str, ...]]:
    flags: set[str] = set()
    labels: tuple[str, ...] = ()
    for field in _STATUS.finditer(head):
        name, value = field[1].lower(), field[2].strip()
        if name == b"x-mozilla-status":
            with_bits = int(value, 16) if re.fullmatch(rb"[0-9a-fA-F]{1,8}", value) else 0
            flags |= {flag for bit, flag in _BITS.items() if with_bits & bit}
        elif name == b"x-gmail-labels":
            labels = tuple(label.strip().strip('"') for label in value.decode("utf-8", "replace").split(",") if label.strip())
            lower = {label.lower() for label in labels}
            flags |= {_LABELS[label] for label in lower if label in _LABELS}
            flags |= set() if "unread" in lower else {"seen"}
        else:
            flags |= {_LETTERS[letter] for letter in value if letter in _LETTERS}
    return frozenset(flags), labels


def envelope_time(line: bytes) -> datetime | None:
    """When it was delivered, as asctime writes it: UTC by RFC 4155, unless an offset is written. None where there is none."""
    found = _ASCTIME.search(line)
    if found is None:
        return None
    month, day, hour, minute, second, year, sign, off_hours, off_minutes = found.groups()
    try:
        at = datetime(
            int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), min(int(second or 0), 59), tzinfo=UTC
        )
        seconds = (int(off_hours) * 3600 + int(off_minutes) * 60) * (-1 if sign == b"-" else 1) if sign else 0
        return datetime.fromtimestamp(at.timestamp() - seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
