"""Where the public data lie that tests marked `corpus` measure on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("REVEILLE_CORPUS", Path(__file__).parents[2] / "shared" / "data"))


def need(*parts: str) -> Path:
    path = CORPUS.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no public data at {path}: set REVEILLE_CORPUS to the folder that holds them")
    return path
