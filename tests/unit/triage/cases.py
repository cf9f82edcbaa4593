"""Our own sentences: what asks, what promises, and what only sounds so, in the languages that are read; and some in others."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "sentences"
KINDS = ("requests", "commitments")


@dataclass(frozen=True, slots=True)
class Kind:
    yes: tuple[str, ...]
    no: tuple[str, ...]


def _kind(tongue: str, name: str) -> Kind:
    lines = (FOLDER / f"{tongue}_{name}.txt").read_text(encoding="utf-8").splitlines()
    return Kind(tuple(line[2:] for line in lines if line[0] == "+"), tuple(line[2:] for line in lines if line[0] == "-"))


def _foreign() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for line in (FOLDER / "foreign.txt").read_text(encoding="utf-8").splitlines():
        tongue, _, text = line.partition(" ")
        found[tongue].append(text)
    return dict(found)


TONGUES = ("en", "de", "fr", "es")
SAID = {tongue: {name: _kind(tongue, name) for name in KINDS} for tongue in TONGUES}
UNSEEN = {tongue: {name: _kind(tongue, f"{name}_unseen") for name in KINDS} for tongue in TONGUES}
"""Written after the word lists were, and never tuned to: what to expect of others' sentences."""
FOREIGN = _foreign()


@dataclass(frozen=True, slots=True)
class Dated:
    """Said on Tuesday 12 May 2026 at noon in Zurich. `expected`: a local date, a date and time, "-" for none, "?" for open."""

    language: str
    text: str
    expected: str


def dated() -> list[Dated]:
    return [Dated(*line.split("|")) for line in (FOLDER / "dates.txt").read_text(encoding="utf-8").splitlines()]
