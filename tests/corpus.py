"""Public data for measuring, beside the repository; a test that needs it skips where it is absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("REVEILLE_CORPUS", Path(__file__).parents[2] / "shared" / "data"))


def need(*parts: str) -> Path:
    path = CORPUS.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is absent: it holds public data for measuring (set REVEILLE_CORPUS)")
    return path
