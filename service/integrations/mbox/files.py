"""One mbox file: what it was when it was last read, and reading its messages from the last to the first."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.integrations.files.contents import Unfit, Vanished
from service.integrations.mbox.split import boundaries

EDGE = 4096
"""Bytes at the start of the file, and before its last message, that show whether it only grew."""

_ENDINGS = re.compile(r"^(|\.?(mbox|mbx|mboxo|mboxrd|mboxcl2?|mail|txt)|[0-9]+)$", re.IGNORECASE)
_DRESS = re.compile(r"\.(mbox|mbx|mboxo|mboxrd|mboxcl2?|sbd|txt|mail)$", re.IGNORECASE)


def may_be_mbox(name: str) -> bool:
    return not name.startswith(".") and bool(_ENDINGS.match(Path(name).suffix.lstrip(".")))


def folder_name(ref: str) -> str:
    """`Mail/Work.sbd/Clients.mbox` is "Mail/Work/Clients"; Apple's `Sent.mbox/mbox` is "Sent"."""
    parts = [_DRESS.sub("", part) for part in ref.split("/")]
    if len(parts) > 1 and parts[-1].lower() == "mbox":
        parts.pop()
    return "/".join(parts)


@dataclass(frozen=True, slots=True)
class Known:
    """A file as it was when all of it had been handed over."""

    size: int
    mtime_ns: int
    last: int  # offset of the last message: it may have been cut off, so that reading goes on there
    head: str
    tail: str
    last_ref: str

    @classmethod
    def load(cls, data: Any) -> Known | None:
        match data:
            case [int(size), int(mtime), int(last), str(head), str(tail), str(ref)]:
                return cls(size, mtime, last, head, tail, ref)
        return None

    def dump(self) -> list[Any]:
        return [self.size, self.mtime_ns, self.last, self.head, self.tail, self.last_ref]


class MboxFile:
    """Read through a descriptor, never mapped: a mail program that shortens the file would end this process."""

    def __init__(self, descriptor: int, status: os.stat_result) -> None:
        self._descriptor = descriptor
        self.size = status.st_size
        self.mtime_ns = status.st_mtime_ns

    def begins_like_mbox(self) -> bool:
        return os.pread(self._descriptor, 200, 0).lstrip(b"\xef\xbb\xbf\r\n").startswith(b"From ")

    def start_of_text(self) -> int:
        """Past a mark and blank lines that an editor left at the start."""
        head = os.pread(self._descriptor, 200, 0)
        return len(head) - len(head.lstrip(b"\xef\xbb\xbf\r\n"))

    def only_grew(self, known: Known) -> bool:
        if self.size <= known.size or os.pread(self._descriptor, 5, known.last) != b"From ":
            return False
        return self.edges(known.last) == (known.head, known.tail)

    def edges(self, last: int) -> tuple[str, str]:
        head = os.pread(self._descriptor, min(EDGE, last), 0)
        start = max(0, last - EDGE)
        return _short(head), _short(os.pread(self._descriptor, last - start, start))

    def starts(self, at: int) -> array[int]:
        return array("Q", boundaries(self._descriptor, at, self.size))

    def spans(self, starts: array[int]) -> Iterator[tuple[int, int]]:
        """Offset and length of each message, the last first."""
        end = self.size
        for start in reversed(starts):
            yield start, end - start
            end = start

    def chunk(self, start: int, length: int) -> bytes | None:
        """None where the file is no longer what was split."""
        data = os.pread(self._descriptor, length, start)
        while 0 < len(data) < length and (more := os.pread(self._descriptor, length - len(data), start + len(data))):
            data += more
        return data if len(data) == length and data.startswith(b"From ") else None


@contextmanager
def opened(path: Path) -> Iterator[MboxFile]:
    """Raises Vanished or Unfit."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise Vanished from error
    except OSError as error:
        raise Unfit(f"can't be opened ({error.strerror or error})") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unfit("is not a regular file")
        yield MboxFile(descriptor, status)
    except OSError as error:
        raise Unfit(f"can't be read ({error.strerror or error})") from error
    finally:
        os.close(descriptor)


def _short(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()
