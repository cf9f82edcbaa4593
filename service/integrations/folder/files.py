"""Files that are there whole or not at all, and what a file system answers in words."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from service.errors import AccessLost, Rejected, Unavailable

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_NEVER = {errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL}


def make_folder(path: Path, day: str) -> Path:
    """Folders that are missing are made for their owner alone; those that are there keep their mode."""
    folder = path / day
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    for p in reversed(missing):
        p.mkdir(mode=0o700, exist_ok=True)
    return folder


def write(folder: Path, name: str, data: bytes) -> None:
    """Beside, to the disk, then in place of what has this name. A half-written one has a name that nobody reads."""
    part = folder / f".{name}.part"
    with suppress(FileNotFoundError):
        part.unlink()  # of an attempt that was killed
    try:
        number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / name)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    _settle(folder)


def _settle(folder: Path) -> None:
    """The new name itself to the disk. Some file systems can't, and need no more than the rename."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


@contextmanager
def sorted_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise Unavailable(f"the disk with {path} is full. Make room; the briefing is written then") from error
        if error.errno in _FORBIDDEN:
            raise AccessLost(
                f"{path} can't be written to ({error.strerror}). Give the service the right, or name another folder"
            ) from error
        if error.errno in _NEVER:
            raise Rejected(f"{path} can't hold files ({error.strerror}). Name another folder") from error
        raise Unavailable(f"{path} can't be written to now ({error.strerror}). It is tried again later") from error
