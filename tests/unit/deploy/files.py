"""What lies in deploy/, read as the tools read it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"


def documents(file: Path) -> list[Any]:
    """Every YAML document of it, anchors resolved; a key written twice is an error."""
    with file.open(encoding="utf-8") as on:
        return [document for document in YAML(typ="safe", pure=True).load_all(on) if document is not None]


def document(file: Path) -> Any:
    (only,) = documents(file)
    return only


def tool(name: str, install: str) -> str:
    """Its path: beside this Python or on the PATH. Without it the test is skipped, which CI counts as a failure."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        pytest.skip(f"{name} is not here: {install}")
    return found


def said(*command: str | Path) -> tuple[int, str]:
    """Exit code and everything it printed."""
    done = subprocess.run(
        [str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout
