"""How right learning has been: each mail is judged by what was known when it came, before anything is learned from it.

Dawid's prequential principle: no case is ever judged by a model that has seen it. Held against the built-in brain on the same mails.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt
from zoneinfo import ZoneInfo

from service.domain.learning import Act, Feedback, KeyKind, Lesson, Pattern
from service.domain.verdicts import Category, Relation
from service.triage.learning import moved, taught, telling
from service.triage.lessons import lesson

Z = 1.96  # 95 %


@dataclass(slots=True)
class Score:
    """`helped`: right where the built-in brain was wrong; `hurt`: the other way round."""

    cases: int = 0
    builtin: int = 0
    learned: int = 0
    helped: int = 0
    hurt: int = 0

    def count(self, meant: Category, builtin: Category, learned: Category) -> None:
        self.cases += 1
        self.builtin += builtin is meant
        self.learned += learned is meant
        self.helped += learned is meant and builtin is not meant
        self.hurt += builtin is meant and learned is not meant


@dataclass(slots=True)
class Report:
    """`confusion` is keyed by (meant, said by learning); `months` by "2026-05" in the person's zone."""

    whole: Score = field(default_factory=Score)
    by_word: Score = field(default_factory=Score)
    inferred: Score = field(default_factory=Score)
    months: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    confusion: Counter[tuple[Category, Category]] = field(default_factory=Counter)
    confusion_builtin: Counter[tuple[Category, Category]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Case:
    received_at: datetime
    feedback: Feedback
    lesson: Lesson


def report(noted: Sequence[Feedback], patterns: Iterable[Pattern], zone: ZoneInfo) -> Report:
    """Of all that was noted. `patterns` say what the person has taken back: it counts for nothing after that, as it did then."""
    forgotten = {p.key.text: p.forgotten_at for p in patterns if p.forgotten_at is not None}
    cases = sorted(_cases(noted), key=lambda case: case.received_at)
    to_learn = sorted(cases, key=lambda case: case.lesson.at)
    found, model, learnt = Report(), _Model(forgotten), 0
    for case in cases:
        while learnt < len(to_learn) and to_learn[learnt].lesson.at <= case.received_at:
            model.learn(to_learn[learnt])
            learnt += 1
        said = model.says(case)
        meant, builtin = case.lesson.meant, case.feedback.said
        month = f"{case.received_at.astimezone(zone):%Y-%m}"
        kind = found.by_word if case.lesson.act in (Act.CORRECTED, Act.MOVED) else found.inferred
        for score in (found.whole, kind, found.months[month]):
            score.count(meant, builtin, said)
        found.confusion[meant, said] += 1
        found.confusion_builtin[meant, builtin] += 1
    return found


def interval(right: int, cases: int) -> tuple[float, float]:
    """Wilson's, for 95 %."""
    if not cases:
        return 0.0, 1.0
    share, spread = right / cases, Z * Z / cases
    middle = share + spread / 2
    half = Z * sqrt(share * (1 - share) / cases + spread / (4 * cases))
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


def _cases(noted: Sequence[Feedback]) -> Iterable[_Case]:
    by_item: dict[str, list[Feedback]] = defaultdict(list)
    for one in noted:
        by_item[one.item].append(one)
    for acts in by_item.values():
        said = lesson(acts)
        if said is not None:
            yield _Case(acts[0].received_at or said.at, acts[0], said)


class _Model:
    def __init__(self, forgotten: Mapping[str, datetime]) -> None:
        self._patterns: dict[str, Pattern] = {}
        self._forgotten = forgotten
        self._answered: Counter[str] = Counter()

    def learn(self, case: _Case) -> None:
        sender = _sender(case)
        self._answered[sender] += case.lesson.act is Act.ANSWERED
        for key in case.feedback.keys:
            self._patterns[key.text] = taught(self._known(key.text, case.lesson.at), key, case.lesson, sender)

    def says(self, case: _Case) -> Category:
        now = case.received_at
        known = [pattern for k in case.feedback.keys if (pattern := self._known(k.text, now)) is not None]
        relation = Relation(answered=self._answered[_sender(case)])
        found = telling(known, case.feedback.said, relation, now)
        if found is None:
            return case.feedback.said
        return moved(case.feedback.said, 0.5, found, relation, asked=case.feedback.asked)[0]

    def _known(self, key: str, now: datetime) -> Pattern | None:
        """Empty from the moment at which the person took it back."""
        pattern, at = self._patterns.get(key), self._forgotten.get(key)
        if pattern is not None and at is not None and pattern.forgotten_at is None and now >= at:
            pattern = self._patterns[key] = Pattern(pattern.key, at, forgotten_at=at)
        return pattern


def _sender(case: _Case) -> str:
    return next((k.value for k in case.feedback.keys if k.kind is KeyKind.SENDER), "")
