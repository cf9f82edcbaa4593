"""Public data to measure on: beside the checkout, never in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("REVEILLE_CORPUS", Path(__file__).parents[2] / "shared" / "data"))


def need(*parts: str) -> Path:
    """The path of that data; skips the test, saying so, where it is absent."""
    path = CORPUS.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is not here: set REVEILLE_CORPUS to the folder of the public test data")
    return path
