"""A plug-in as anybody may write one, installed by its entry point in a folder of its own: a source that kills whoever reads it."""

from __future__ import annotations

from pathlib import Path

CODE = """
import os, signal
from typing import Literal
from service.ports import Check
from service.settings.section import SourceSettings


class Settings(SourceSettings):
    kind: Literal["poison"]
    file: str

    def connect(self, at):
        return Poison(self.file)


class Poison:
    def __init__(self, file):
        self.file = file

    def pages(self, cursor, held):
        if os.path.exists(self.file):
            os.kill(os.getpid(), signal.SIGKILL)
        return iter(())

    def check(self):
        return Check(ok=True, says="tastes of almonds")
"""


def install(folder: Path) -> Path:
    """What PYTHONPATH must hold."""
    about = folder / "reveille_poison-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: reveille-poison\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[reveille.sources]\npoison = reveille_poison:Settings\n")
    (folder / "reveille_poison.py").write_text(CODE)
    return folder
