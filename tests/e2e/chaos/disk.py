"""A small disk of its own for a folder, that can be filled and emptied while processes use it. Needs root and mount(8)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

SIZE = "256m"


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    folder.mkdir(mode=0o700, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("a disk can be mounted by root only: run as root, outside of a sandbox that forbids mount(2)")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


def fill(folder: Path, but: int) -> None:
    """Takes all room but so many bytes."""
    file = os.open(folder / "ballast", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        taken = 0
        while (free := shutil.disk_usage(folder).free - but) > 0:
            with suppress(OSError):  # somebody else was quicker: take what is left
                os.posix_fallocate(file, taken, free)
                taken += free
    finally:
        os.close(file)


def empty(folder: Path) -> None:
    (folder / "ballast").unlink(missing_ok=True)
