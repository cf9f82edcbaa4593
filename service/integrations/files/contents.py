"""Reading one file's bytes, with the cases that happen to files: gone meanwhile, too large, not a file after all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

MEGABYTE = 1_000_000


class Vanished(Exception):
    """It was there when it was listed. The next sync sees that it is gone."""


class Unfit(Exception):
    """Why it can't be read, in words for coverage."""


def read(path: Path, limit: int) -> bytes:
    """The whole file, at most `limit` bytes. Never waits on a pipe, never follows a link. Raises Vanished or Unfit."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise Vanished from error
    except OSError as error:
        raise Unfit(f"can't be opened ({error.strerror or error})") from error
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise Unfit("is not a regular file")
            if status.st_size > limit:
                raise Unfit(too_large(status.st_size, limit))
            data = _all(file.fileno(), limit)
        except OSError as error:
            raise Unfit(f"can't be read ({error.strerror or error})") from error
    if len(data) > limit:
        raise Unfit(too_large(len(data), limit))
    return data


def _all(descriptor: int, limit: int) -> bytes:
    pieces: list[bytes] = []
    length = 0
    while length <= limit and (piece := os.read(descriptor, MEGABYTE)):
        pieces.append(piece)
        length += len(piece)
    return b"".join(pieces)


def too_large(size: int, limit: int) -> str:
    return f"is too large ({size / MEGABYTE:,.0f} MB; at most {limit / MEGABYTE:,.0f} MB are read)"
