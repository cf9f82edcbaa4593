"""The artefact store: rendered files in a folder or a bucket, each written whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Protocol

from service.errors import Unavailable
from service.settings.objects import Objects
from service.store.codec import Codec


class ArtefactStore(Protocol):
    """Paths are made of ids and names of our own making, never of words from outside. Every call raises Unavailable where the store
    can't be reached or is full.
    """

    def put(self, notice: str, name: str, data: bytes) -> str:
        """Returns the path to get it by."""
        ...

    def put_sealed(self, path: str, data: bytes) -> None:
        """As `sealed` gave it: for what moves from store to store."""
        ...

    def sealed(self, path: str) -> bytes | None:
        """As it lies there; None where there is nothing."""
        ...

    def get(self, path: str) -> bytes:
        """Raises Unavailable where there is nothing, too."""
        ...

    def remove(self, path: str) -> None:
        """Nothing where there is nothing."""
        ...


def artefact_store(place: Path | Objects, codec: Codec) -> ArtefactStore:
    """Raises ConfigError where what it takes to reach it is missing. Nothing is asked yet."""
    if isinstance(place, Path):
        return Folder(place, codec)
    from service.store.bucket import Bucket

    return Bucket(place, codec)


def laid(notice: str, name: str) -> str:
    """Files lie by the day of their notice, which its id begins with."""
    return str(PurePosixPath(notice[:8], notice, PurePosixPath(name).name))


def tried(store: ArtefactStore) -> None:
    """Puts, gets and removes a file. Raises Unavailable where any of it fails."""
    data = secrets.token_bytes(64)
    path = store.put(f"00000000probe{secrets.token_hex(8)}", "probe", data)
    try:
        if store.get(path) != data:
            raise Unavailable("The artefact store gave back other bytes than it was given.")
    finally:
        store.remove(path)


class Folder:
    def __init__(self, root: Path, codec: Codec) -> None:
        self._root, self._codec = root, codec

    def __str__(self) -> str:
        return str(self._root)

    def put(self, notice: str, name: str, data: bytes) -> str:
        path = laid(notice, name)
        self.put_sealed(path, self._codec.seal(data))
        return path

    def put_sealed(self, path: str, data: bytes) -> None:
        target = self._root / path
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise Unavailable(
                f"Cannot store {target}: {error.strerror}. Make room or mend its rights; it is tried again."
            ) from error

    def sealed(self, path: str) -> bytes | None:
        try:
            return (self._root / path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(f"Cannot read the stored file {self._root / path}: {error.strerror}.") from error

    def get(self, path: str) -> bytes:
        try:
            return self._codec.open((self._root / path).read_bytes())
        except OSError as error:
            raise Unavailable(f"Cannot read the stored file {self._root / path}: {error.strerror}.") from error

    def remove(self, path: str) -> None:
        target = self._root / path
        try:
            target.unlink(missing_ok=True)
            if target.parent.is_dir() and not any(target.parent.iterdir()):
                target.parent.rmdir()
        except OSError as error:
            raise Unavailable(f"Cannot remove the stored file {target}: {error.strerror}.") from error
