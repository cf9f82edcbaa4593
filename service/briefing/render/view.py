"""What the templates are handed: a briefing in clean words, with nothing left to decide but where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import lru_cache

from service.briefing.render import clean, links, times
from service.briefing.render.coverage import CoverageView, coverage_view
from service.briefing.render.emphasis import Parts, parts
from service.domain.facts import NO_MEETING, Briefing, Fact, Sensitivity, SourceRef

HEADINGS = {
    "needs_you": "Needs you today",
    "meetings": "Today’s meetings",
    "waiting": "Waiting on others",
    "commitments": "Falling due",
    "slack": "Slack",
    "rest": "Everything else",
    "when_where": "When and where",
    "people": "Who comes",
    "last_said": "Said last",
    "open": "Open between you",
    "changed": "Changed since",
    "alert": "What happened",
}
NOUNS = {
    "message": "mail",
    "event": "calendar",
    "thread": "Slack",
    "contact": "contact",
    "deal": "deal",
    "note": "note",
    "task": "task",
}
_PLAIN = frozenset({"conflict", "echo", "hint", "blocks", "over", "cancelled", "count"})
"""Topics whose words need no source in the plain form: they come from the calendar, or count what stands elsewhere."""
_QUOTED = re.compile(r"“[^”]*”")
_DATED = re.compile(
    r"\b(?:today|yesterday|mon|tue|wed|thu|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d+ [a-z]{3,9})\b"
)
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}(\s?[–-]\s?\d{1,2}[:.h]\d{2})?|all[ -]day", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SourceView:
    """`short` says kind and time; `words` also names the thing; `host` is shown where the link leads to the web."""

    words: str
    noun: str
    short: str  # "" where the line says both already
    url: str
    host: str


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    text: str
    link: str  # where the text as a whole is an address that may be followed
    parts: Parts
    head_link: str  # where the name of a meeting leads to
    urgent: bool  # a conflict: not to be overlooked
    aside: bool  # counted or the person's own: read last
    timed: bool  # the label is a time and gets a column of its own
    sources: tuple[SourceView, ...]
    why: str
    private: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    name: str
    heading: str
    ordered: bool
    lines: tuple[Line, ...]
    more: int  # facts left out for length
    column: int  # how wide the times need to stand before the sentences, 0 where no line has one


@dataclass(frozen=True, slots=True)
class Page:
    kind: str
    title: str
    bottom_line: str
    language: str
    sections: tuple[SectionView, ...]
    coverage: CoverageView


@dataclass(frozen=True, slots=True)
class Room:
    """How much fits: facts a section, details a fact, characters a sentence."""

    facts: int = 40
    details: int = 12
    text: int = 600


TEXT = Room(details=6, text=400)
"""Of the plain form."""


def page(briefing: Briefing, room: Room | None = None) -> Page:
    """Empty sections are left out; coverage always stays."""
    room = _shared(briefing, room or Room())
    where = times.zone(briefing.timezone)
    return Page(
        kind=briefing.kind,
        title=clean.line(briefing.title, 120) or "Briefing",
        bottom_line=clean.line(briefing.bottom_line, 400),
        language=briefing.language if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", briefing.language) else "en",
        sections=tuple(_section(name, facts, briefing, where, room) for name, facts in briefing.sections if facts),
        coverage=coverage_view(briefing, where),
    )


def heading(name: str) -> str:
    return HEADINGS.get(name) or clean.line(name, 60).replace("_", " ").capitalize()


def _shared(briefing: Briefing, room: Room) -> Room:
    """Where nothing is long, mail and plain form show the same, and so share their lines."""
    roomy = room.details >= TEXT.details and room.text >= TEXT.text
    return (
        replace(TEXT, facts=room.facts) if roomy and all(_is_short(f) for _, facts in briefing.sections for f in facts) else room
    )


def _is_short(fact: Fact) -> bool:
    return len(fact.text) <= TEXT.text and len(fact.details) <= TEXT.details and all(_is_short(d) for d in fact.details)


def _section(name: str, facts: tuple[Fact, ...], briefing: Briefing, where: tzinfo, room: Room) -> SectionView:
    shown = facts[: room.facts]
    around = Around(briefing.kind, briefing.made_at, where, room.details, room.text)
    lines = tuple(_line(fact, around) for fact in shown)
    return SectionView(
        name=name,
        heading=heading(name),
        ordered=name == "needs_you" and len(facts) > 1,
        lines=lines,
        more=len(facts) - len(shown),
        column=max((len(line.label) + 2 for line in lines if line.timed), default=0),
    )


@dataclass(frozen=True, slots=True)
class Around:
    """What a line depends on beside its fact."""

    kind: str
    made_at: datetime
    where: tzinfo
    details: int
    text: int


@lru_cache(maxsize=512)
def _line(fact: Fact, around: Around, under: Fact | None = None) -> Line:
    """`under` is the fact that this is a detail of: what that one cites already is not cited again. Remembered, since a briefing
    is measured before it is rendered, and rendered twice.
    """
    label, text = clean.line(fact.label, 60), clean.line(fact.text, around.text)
    sources = _sources(fact, under, around)
    if label and text.startswith(label):
        text = text[len(label) :].lstrip(" :,–—-") or text
    meeting = fact.topic == "meeting" and around.kind == "morning"
    shown = clean.capital(text) if under and not label else text
    return Line(
        label=label,
        text=shown,
        link=links.safe(text) if links.host(text) else "",
        timed=bool(_TIME.fullmatch(label)),
        parts=parts(fact, shown),
        head_link=sources[0].url if meeting and sources else "",
        urgent=fact.topic in {"conflict", "echo"},
        aside=fact.topic in NO_MEETING,
        sources=() if meeting else sources,
        why=clean.line(fact.why, 160),
        private=fact.sensitivity is Sensitivity.PRIVATE,
        lines=tuple(_line(d, around, fact) for d in fact.details[: around.details]),
    )


def _sources(fact: Fact, under: Fact | None, around: Around) -> tuple[SourceView, ...]:
    cited = {(s.kind, s.id) for s in under.sources} if under else set()
    refs = [s for s in fact.sources if (s.kind, s.id) not in cited]
    if under and not refs and around.kind == "morning":
        return ()
    refs = refs or list(fact.sources)
    return tuple(dict.fromkeys(_source(ref, fact, under, around) for ref in refs[:8]))[:3]


def _source(ref: SourceRef, fact: Fact, under: Fact | None, around: Around) -> SourceView:
    """Says nothing twice: neither a title that the sentence holds, nor the time that leads it."""
    noun = NOUNS.get(ref.kind, clean.line(ref.kind, 20) or "source")
    when = times.stamp(ref.at, around.made_at, around.where) if ref.at else ""
    when = "" if when == fact.label.strip()[: len(when)] else when
    url = links.safe(ref.url)
    return SourceView(
        words=", ".join(filter(None, (_named(noun, clean.line(ref.title, 60), f"{fact.label} {fact.text}"), when))),
        noun=noun,
        short=_short(ref, noun, when, fact, brief=around.kind != "morning", under=bool(under)),
        url=url,
        host=links.host(url),
    )


def _short(ref: SourceRef, noun: str, when: str, fact: Fact, *, brief: bool, under: bool) -> str:
    """Such as "mail Thu 16:20", without what the line itself says before it quotes: its day, and in a morning its kind.

    A meeting's brief names the kind on every line; a morning leaves out what comes from the calendar or only counts.
    """
    if not brief and fact.topic in _PLAIN:
        return ""
    said = f"{fact.label} {_QUOTED.sub('', fact.text)}".lower()
    slack = ref.kind == "thread" and (ref.title.lower() in said or " directly" in said)
    named = not brief and (noun.lower() in said or slack)
    dated = (brief or under) and _DATED.search(said)
    return " ".join(filter(None, ("" if named else noun, "" if dated else when)))


def _named(noun: str, title: str, text: str) -> str:
    if not title or title.lower().strip("#") in text.lower():
        return noun
    return title if title.lower().startswith((noun.lower(), "#")) else f"{noun} “{title}”"
