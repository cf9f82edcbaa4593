"""The file a backup is: a tar in gzip, which any tool opens, between two empty gzip members that say what it is and its digest.

Every byte of it counts: what precedes the last member is hashed, and that member is compared whole.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from service.errors import ReveilleError, StoreUnusable

LARGEST_MEMBER = 256 << 20  # bytes; a member is held in memory, and ours are far smaller
_PART = 1 << 20


def _saying(words: bytes) -> bytes:
    """An empty gzip member with a comment (RFC 1952, FLG.FCOMMENT)."""
    return b"\x1f\x8b\x08\x10" + bytes(4) + b"\x00\xff" + words + b"\0" + b"\x03\x00" + bytes(8)


def _sealed_by(digest: str) -> bytes:
    return _saying(b"sha256 " + digest.encode())


START = _saying(b"reveille backup 1")
_END = len(_sealed_by("0" * 64))


class Damaged(StoreUnusable):
    """A backup that is not as it was written."""


class NotABackup(ReveilleError):
    """A file that was never one."""


class _Hashed(io.RawIOBase):
    """Writes on, and keeps the digest of what went by."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.sha = file, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]
        self.sha.update(part)
        return self._file.write(part)


class Writer:
    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def add(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(data), 0o600
        self._tar.addfile(member, io.BytesIO(data))
        self._tar.members.clear()  # type: ignore[attr-defined]  # it would remember every one of them


@contextmanager
def writing(file: Path) -> Iterator[Writer]:
    """The archive appears under its name once it is whole and on the disk; until then, and after any trouble, nothing does.

    Readable by its owner alone. Raises NotABackup where a file of that name is something else, OSError where the disk is full.
    """
    if file.exists() and not _begins(file):
        raise NotABackup(f"{file} is there already and is no backup: it stays as it is. Name another file.")
    part = file.with_name(f".{file.name}.part")
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b") as out:
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise NotABackup(f"Another backup is being written to {file}: wait for it, or name another file.") from error
        try:
            os.fchmod(out.fileno(), 0o600)  # it may lie there from one that was killed
            out.truncate(0)
            yield from _written(out)
            part.replace(file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    _sync_folder(file.parent)


def _written(out: IO[bytes]) -> Iterator[Writer]:
    hashed = _Hashed(out)
    hashed.write(START)
    with (
        gzip.GzipFile(fileobj=hashed, mode="wb", compresslevel=1, mtime=0, filename="") as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        yield Writer(tar)
    out.write(_sealed_by(hashed.sha.hexdigest()))
    out.flush()
    os.fsync(out.fileno())


@contextmanager
def reading(file: Path) -> Iterator[tuple[str, Iterator[tuple[str, bytes]]]]:
    """Its digest and its members, name and content, in order; the whole file was checked before the first of them.

    Raises NotABackup and Damaged. Nothing is ever written to a path that an archive names.
    """
    with file.open("rb") as source:
        if source.read(len(START)) != START:
            raise NotABackup(f"{file} is no backup of Reveille. Name a file that `reveille backup` wrote.")
        digest = _checked(source, file)
        source.seek(0)
        yield digest, _members(source, file)


def damaged(file: Path, what: str) -> Damaged:
    return Damaged(f"{file} is damaged: {what}. Nothing was put back from it; take another backup.")


def _checked(source: IO[bytes], file: Path) -> str:
    sha = hashlib.sha256()
    left = source.seek(0, io.SEEK_END) - _END
    source.seek(0)
    while left > 0 and (part := source.read(min(left, _PART))):
        sha.update(part)
        left -= len(part)
    if source.read() != _sealed_by(sha.hexdigest()):
        raise damaged(file, "its digest is not that of its content")
    return sha.hexdigest()


def _members(source: IO[bytes], file: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with gzip.GzipFile(fileobj=source) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            while (member := tar.next()) is not None:
                tar.members.clear()  # type: ignore[attr-defined]  # it would remember every one of them
                if not member.isreg() or member.size > LARGEST_MEMBER:
                    raise damaged(file, f"it holds {member.name[:80]!r}, which no backup does")
                content = tar.extractfile(member)
                assert content is not None, "a regular file has content"
                yield member.name, content.read()
    except (tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile) as error:
        raise damaged(file, str(error)) from error


def _begins(file: Path) -> bool:
    with file.open("rb") as source:
        return source.read(len(START)) == START


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # not every file system knows this
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
