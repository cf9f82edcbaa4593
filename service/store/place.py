"""The data folder: made for its owner alone, and complained of in words where it can't be."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.errors import Complaint, ConfigError


def data_folder(path: Path) -> Path:
    """Made where it is missing. Raises ConfigError where nothing can be written there."""
    with complained(path):
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(path, os.W_OK | os.X_OK):
            raise PermissionError(13, "it can't be written to")
    return path


def instance_secret(file: Path) -> bytes:
    """What makes this instance's Message-IDs unguessable; made at the first start, readable by its owner alone."""
    with complained(file):
        try:
            return file.read_bytes()
        except FileNotFoundError:
            return _made(file)


@contextmanager
def complained(path: Path) -> Iterator[None]:
    """A place that can't be used is a matter of the settings."""
    try:
        yield
    except OSError as error:
        problem = f"{path} can't be used: {error.strerror or error}"
        fix = "Set REVEILLE_DATA to a folder that you may write to, on a disk with room"
        raise ConfigError(Complaint("server settings", None, "data", problem, fix)) from error


def _made(file: Path) -> bytes:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = secrets.token_bytes(32)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        draft.touch(mode=0o600)
        draft.write_bytes(made)
        # A link fails where another process was first: then its secret counts.
        file.hardlink_to(draft)
    except FileExistsError:
        made = file.read_bytes()
    finally:
        draft.unlink(missing_ok=True)
    return made
