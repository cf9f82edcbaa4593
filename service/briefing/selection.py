"""Which facts are told: new or changed ones, a few a section, each thing once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from service.briefing.variety import varied
from service.briefing.versions import version
from service.domain.facts import Fact, Section, Sensitivity

Chosen = dict[str, tuple[Fact, ...]]
FIXED = frozenset({"conflict", "echo", "hint"})
"""Lines that tell of the appointment itself; all others prepare for it."""
_ONCE = (Section.NEEDS_YOU, Section.COMMITMENTS)
"""Sections whose facts may rest on several sources, each of which is then told."""
MOST = {Section.NEEDS_YOU: 5, Section.WAITING: 4, Section.COMMITMENTS: 5, Section.SLACK: 4}


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
    """Under each meeting the lines that say something which no other section and no earlier meeting says."""
    said = {_what(f) for name, facts in selection.sections.items() if name != Section.MEETINGS for f in facts}
    said |= {(s.kind, s.id) for name in _ONCE for f in selection.sections.get(name, ()) for s in f.sources}
    meetings = []
    for fact in selection.sections.get(Section.MEETINGS, ()):
        details = _new(fact, said)
        said |= {_what(d) for d in details}
        meetings.append(fact if details == fact.details else replace(fact, details=details, version=_version(fact, details)))
    return replace(selection, sections=selection.sections | {Section.MEETINGS: tuple(meetings)})


def _new(meeting: Fact, said: set[tuple[str, str]]) -> tuple[Fact, ...]:
    fixed = [d for d in meeting.details if d.topic in FIXED]
    lines = varied(d for d in meeting.details if d.topic not in FIXED and _what(d) not in said)
    return (*fixed, *lines)


def _what(fact: Fact) -> tuple[str, str]:
    """What a fact tells of: the one message, thread, note or deal it rests on; without a source, itself."""
    source = next(iter(fact.sources), None)
    return (source.kind, source.id) if source and fact.topic not in FIXED else ("", fact.key)


def _version(fact: Fact, details: Iterable[Fact]) -> str:
    return version(fact.label, fact.text, *(d.version for d in details))


def words(fact: Fact) -> int:
    return len(fact.text.split()) + len(fact.label.split()) + sum(words(d) for d in fact.details)


def public(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Without what is private, at any depth."""
    return tuple(replace(f, details=public(f.details)) for f in facts if f.sensitivity is not Sensitivity.PRIVATE)
