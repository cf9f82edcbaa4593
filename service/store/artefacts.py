"""The artefact store: rendered files in a folder, each written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from service.errors import Unavailable
from service.store.codec import Codec


class Folder:
    """Paths are made of ids and names of our own making, never of words from outside."""

    def __init__(self, root: Path, codec: Codec) -> None:
        self._root, self._codec = root, codec

    def put(self, notice: str, name: str, data: bytes) -> str:
        """Returns the path to get it by. Raises Unavailable where the disk is full or the folder can't be written."""
        path = Path(notice[:8]) / notice / Path(name).name
        self.put_sealed(str(path), self._codec.seal(data))
        return str(path)

    def put_sealed(self, path: str, data: bytes) -> None:
        """As `sealed` gave it: for what moves from store to store."""
        target = self._root / path
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise Unavailable(
                f"Cannot store {target}: {error.strerror}. Make room or mend its rights; it is tried again."
            ) from error

    def sealed(self, path: str) -> bytes | None:
        """As it lies there; None where there is nothing. Raises Unavailable where the store can't be read."""
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
        target.unlink(missing_ok=True)
        if target.parent.is_dir() and not any(target.parent.iterdir()):
            target.parent.rmdir()
