"""What `reveille learned report` prints."""

from __future__ import annotations

from collections import Counter
from typing import Any

from service.domain.verdicts import Category
from service.triage.prequential import Report, Score, interval

_HEAD = f"{'':14}{'mails':>7}{'built-in':>12}{'learned':>12}{'95 %':>14}{'helped':>9}{'hurt':>7}"


def document(found: Report) -> dict[str, Any]:
    return {
        "all": _score(found.whole),
        "by_your_word": _score(found.by_word),
        "inferred": _score(found.inferred),
        "months": {month: _score(score) for month, score in sorted(found.months.items())},
        "confusion": _matrix(found.confusion),
        "confusion_builtin": _matrix(found.confusion_builtin),
    }


def printed(found: Report) -> str:
    if not found.whole.cases:
        return "Nothing to report yet: no act of yours has said what a mail was to you."
    rows = [("all", found.whole), ("by your word", found.by_word), ("inferred", found.inferred)]
    rows += sorted(found.months.items())
    lines = ["Each mail judged by what was known when it came, before it was learned from.", "", _HEAD]
    lines += [_line(name, score) for name, score in rows if score.cases]
    lines += ["", "What it was to you (down), what learning took it for (across):", _across()]
    lines += [_down(meant, found.confusion) for meant in Category if any(found.confusion[meant, said] for said in Category)]
    lines += ["", "The same without learning:", _across()]
    lines += [
        _down(meant, found.confusion_builtin) for meant in Category if any(found.confusion_builtin[meant, s] for s in Category)
    ]
    lines += [
        "",
        "“By your word” are mails you corrected or moved: mostly those the built-in brain had wrong, so its figure is low there.",
        "“Inferred” are mails you answered, flagged, threw away or left.",
    ]
    return "\n".join(lines)


def _line(name: str, score: Score) -> str:
    low, high = interval(score.learned, score.cases)
    return (
        f"{name:14}{score.cases:7d}{score.builtin / score.cases:12.1%}{score.learned / score.cases:12.1%}"
        f"{f'{low:.0%}-{high:.0%}':>14}{score.helped:9d}{score.hurt:7d}"
    )


def _across() -> str:
    return f"{'':14}" + "".join(f"{category:>13}" for category in Category)


def _down(meant: Category, counts: Counter[tuple[Category, Category]]) -> str:
    return f"{meant:14}" + "".join(f"{counts[meant, said] or '':>13}" for said in Category)


def _score(score: Score) -> dict[str, Any]:
    low, high = interval(score.learned, score.cases)
    return {
        "mails": score.cases,
        "builtin_right": score.builtin,
        "learned_right": score.learned,
        "interval": [round(low, 4), round(high, 4)],
        "helped": score.helped,
        "hurt": score.hurt,
    }


def _matrix(counts: Counter[tuple[Category, Category]]) -> dict[str, dict[str, int]]:
    return {meant.value: {said.value: counts[meant, said] for said in Category} for meant in Category}
