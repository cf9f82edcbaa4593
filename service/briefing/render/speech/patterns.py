"""Figures as people write them."""

from __future__ import annotations

import re

from service.briefing.render.speech.numbers import cardinal

NUMBER = r"(?:[0-9]{1,3}(?:[,'’ ][0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:[.,][0-9]{1,2}(?![0-9]))?|[0-9]+(?:\.[0-9]+)?)"
"""1,200,000 or 1'200.50 or 2.5 or 2,5 or 47."""

_GROUPED = re.compile(r"[,'’ ](?=[0-9]{3}(?![0-9]))")


def figures(written: str) -> str:
    """The digits with at most a decimal point: "1'200.50" → "1200.50", "2,5" → "2.5"."""
    return _GROUPED.sub("", written).replace(",", ".")


def number(written: str, language: str = "en") -> str:
    return cardinal(figures(written), language)
