"""Which facts are told: new or changed ones, a few a section, and no more words than a morning bears."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from service.domain.facts import Fact, Section, Sensitivity

Chosen = dict[str, tuple[Fact, ...]]
MOST_WORDS = 450
MOST = {Section.NEEDS_YOU: 5, Section.WAITING: 4, Section.COMMITMENTS: 5, Section.SLACK: 4}
_AT_LEAST = {Section.NEEDS_YOU: 1, Section.MEETINGS: 1}
"""The last to go: the section's first fact stays whatever room there is."""


@dataclass(frozen=True, slots=True)
class Selection:
    """`left` is what is open and had no room, by section; `repeated` what was told before and has not changed."""

    sections: Chosen
    left: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)
    repeated: tuple[Fact, ...] = ()


def select(candidates: Mapping[str, Sequence[Fact]], told: Mapping[str, str]) -> Selection:
    """Candidates come in order. Today's meetings are the day's agenda and always told."""
    sections: Chosen = {}
    left: Chosen = {}
    repeated: list[Fact] = []
    for name, facts in candidates.items():
        news = [f for f in facts if name == Section.MEETINGS or told.get(f.key) != f.version]
        most = MOST.get(Section(name), len(news))
        sections[name] = tuple(news[:most])
        left[name] = tuple(news[most:])
        repeated += [f for f in facts if name != Section.MEETINGS and told.get(f.key) == f.version]
    return Selection(sections, left, tuple(repeated))


def say_once(selection: Selection) -> Selection:
    """Lines under a meeting that repeat an earlier one, or words that another section already quotes, are left out."""
    said = {_words(f) for name, facts in selection.sections.items() if name != Section.MEETINGS for f in facts}
    meetings = []
    for fact in selection.sections.get(Section.MEETINGS, ()):
        details = tuple(d for d in fact.details if _words(d) not in said)
        said |= {_words(d) for d in details}
        meetings.append(fact if len(details) == len(fact.details) else replace(fact, details=details))
    return replace(selection, sections=selection.sections | {Section.MEETINGS: tuple(meetings)})


def _words(fact: Fact) -> tuple[str, str]:
    """What a fact rests on: the quoted words and their source; without a quotation, its own text."""
    source = next((s for s in fact.sources if s.quote), None)
    return (source.id, source.quote) if source else (fact.key.partition(":")[0] + fact.text, "")


def fit(selection: Selection, measure: Callable[[Selection], int], limit: int = MOST_WORDS) -> Selection:
    """Takes away the least important facts, and lines under meetings, until `measure` (words as rendered) is within `limit`."""
    while (excess := measure(selection) - limit) > 0:
        fewer = selection
        while excess > 0 and (victim := _least(fewer.sections)):
            smaller = _without(fewer, *victim)
            excess -= max(1, _total(fewer) - _total(smaller))
            fewer = smaller
        if fewer is selection:
            break
        selection = fewer
    return selection


def words(fact: Fact) -> int:
    return len(fact.text.split()) + len(fact.label.split()) + sum(words(d) for d in fact.details)


def public(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Without what is private, at any depth."""
    return tuple(replace(f, details=public(f.details)) for f in facts if f.sensitivity is not Sensitivity.PRIVATE)


def _total(selection: Selection) -> int:
    return sum(words(f) for facts in selection.sections.values() for f in facts)


def _least(sections: Chosen) -> tuple[str, Fact] | None:
    """The next to go: a section's last facts by importance; a meeting weighs half as long as it still has lines under it."""
    open_to_cut = [
        (
            f.importance * (0.5 if f.details else 1.0) + (0.4 if name == Section.MEETINGS and not f.details else 0.0),
            number,
            name,
            f,
        )
        for name, facts in sections.items()
        for number, f in enumerate(facts)
        if name != Section.REST and (f.details or number >= _AT_LEAST.get(Section(name), 0))
    ]
    found = min(open_to_cut, key=lambda c: (c[0], -c[1]), default=None)
    return (found[2], found[3]) if found else None


def _without(selection: Selection, name: str, fact: Fact) -> Selection:
    """Without the last line under a fact; without the fact itself where there is none."""
    facts = selection.sections[name]
    if fact.details:
        kept = tuple(replace(f, details=f.details[:-1]) if f is fact else f for f in facts)
        return replace(selection, sections=selection.sections | {name: kept})
    kept = tuple(f for f in facts if f is not fact)
    left = {**selection.left, name: (fact, *selection.left.get(name, ()))}
    return replace(selection, sections=selection.sections | {name: kept}, left=left)
