"""No more words than a morning bears, shared between the sections by importance, with a floor for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from service.briefing.selection import FIXED, Selection, words
from service.briefing.wording import requote
from service.domain.facts import Fact, Section

MOST_WORDS = 450
Floor = Mapping[str, int]
FLOOR: Floor = {Section.NEEDS_YOU: 5, Section.MEETINGS: 40, Section.WAITING: 1, Section.COMMITMENTS: 2, Section.SLACK: 1}
"""Facts that a section keeps as long as anything else can go."""
CORE: Floor = {Section.NEEDS_YOU: 5, Section.MEETINGS: 40}
"""What the other sections give way to on a full day."""
LAST: Floor = {Section.NEEDS_YOU: 1, Section.MEETINGS: 1}
"""What stays when even the floors have to give."""
TIGHT = 70
"""Characters of a quotation where room is short."""
_LATER_LINE = 0.8
"""A second line under a meeting is worth less than the first."""
_CITING = 3
"""Words that go with a line besides its own: its mark and its source."""
_TRIES = 6
"""How many of the things cut are tried again in the room that is left at the end."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A fact, or one line under it, that may go."""

    worth: float
    section: str
    fact: str  # key
    detail: str  # key, "" for the fact itself
    words: int

    @property
    def place(self) -> tuple[str, str, str]:
        return (self.section, self.fact, self.detail)


def fit(selection: Selection, measure: Callable[[Selection], int], limit: int = MOST_WORDS) -> Selection:
    """Until `measure` (words as rendered) is within `limit`: first what goes beyond the floors, least important first;
    then quotations grow shorter; then the floors give. A conflict and the most important things always stay.
    """
    tight = _tighter(selection)
    for whole, floor in ((selection, FLOOR), (tight, FLOOR), (tight, CORE), (tight, LAST)):
        cuts, fitting, long = _enough(whole, floor, measure, limit)
        if long <= limit:
            break
    for cut in sorted(cuts, key=lambda c: -c.worth)[:_TRIES]:
        if long + cut.words > limit:
            continue
        more = without(whole, [c for c in cuts if c is not cut])
        if (longer := measure(more)) <= limit:
            cuts.remove(cut)
            fitting, long = more, longer
    return fitting


def without(selection: Selection, cuts: Iterable[Cut]) -> Selection:
    gone = {c.place for c in cuts}
    sections, left = dict(selection.sections), dict(selection.left)
    for name in {c.section for c in cuts}:
        facts = selection.sections[name]
        sections[name] = tuple(_less(f, name, gone) for f in facts if (name, f.key, "") not in gone)
        left[name] = (*(f for f in facts if (name, f.key, "") in gone), *left.get(name, ()))
    return replace(selection, sections=sections, left=left)


def _less(fact: Fact, name: str, gone: set[tuple[str, str, str]]) -> Fact:
    kept = tuple(d for d in fact.details if (name, fact.key, d.key) not in gone)
    return fact if len(kept) == len(fact.details) else replace(fact, details=kept)


def _enough(whole: Selection, floor: Floor, measure: Callable[[Selection], int], limit: int) -> tuple[list[Cut], Selection, int]:
    """The least worth, until the rest fits or nothing more may go; the rest; its words. Measured seldom, since that renders it."""
    cuts: list[Cut] = []
    smaller = whole
    while (long := measure(smaller)) > limit:
        before, excess = len(cuts), long - limit
        while excess > 0 and (least := min(_open(smaller, floor), key=lambda c: c.worth, default=None)):
            cuts.append(least)
            smaller = without(whole, cuts)
            excess -= least.words + _CITING
        if len(cuts) == before:
            break
    return cuts, smaller, long


def _open(selection: Selection, floor: Floor) -> Iterator[Cut]:
    """What may go next: of a section its last fact, of the meetings the least, of a meeting its last line."""
    for name, facts in selection.sections.items():
        if name == Section.REST or not facts:
            continue
        if len(facts) > floor.get(name, 0):
            least = min(reversed(facts), key=lambda f: f.importance) if name == Section.MEETINGS else facts[-1]
            if not any(d.topic == "conflict" for d in least.details):
                yield Cut(least.importance, name, least.key, "", words(least))
        yield from (_last_line(name, f) for f in facts if any(d.topic != "conflict" for d in f.details))


def _last_line(section: str, fact: Fact) -> Cut:
    lines = [d for d in fact.details if d.topic != "conflict"]
    line = next((d for d in lines if d.topic == "echo"), lines[-1])
    prepared = sum(d.topic not in FIXED for d in fact.details)
    worth = (fact.importance + line.importance) / 2 * (_LATER_LINE if prepared > 1 else 1.0)
    worth = line.importance if line.topic == "echo" else worth
    return Cut(worth, section, fact.key, line.key, words(line))


def _tighter(selection: Selection) -> Selection:
    sections = {name: tuple(_tight(f) for f in facts) for name, facts in selection.sections.items()}
    return replace(selection, sections=sections)


def _tight(fact: Fact) -> Fact:
    return replace(fact, text=requote(fact.text, TIGHT), details=tuple(_tight(d) for d in fact.details))
