"""The script: a chapter per section, trimmed by importance to what fits into two minutes and a bit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from service.briefing.render import links, times
from service.briefing.render.coverage import unmentioned
from service.briefing.render.speech.phrases import Phrases, phrases
from service.briefing.render.speech.saying import say
from service.briefing.render.speech.selection import Candidate, choose
from service.briefing.render.view import heading
from service.domain.facts import NO_MEETING, Briefing, Fact
from service.domain.speech import Chapter, Script

WORDS_A_MINUTE = 155
"""Measured with the local voice at its own rate, pauses included (`tests/bench/bench_render.py`)."""

LONGEST = 135  # seconds of the 150 that a morning may take: names and long words run over
_MORNING = (("needs_you",), ("meetings",), ("waiting", "commitments"), ("slack", "rest"))
_HOUR = re.compile(r"\b(today|tomorrow|yesterday|\w+day) (\d{1,2}:\d{2})")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}")


def to_script(briefing: Briefing, words_a_minute: int = WORDS_A_MINUTE) -> Script:
    """Words only, in chapters. What does not fit is counted aloud; what could not be read is said."""
    speak = phrases(briefing.language)
    local = briefing.made_at.astimezone(times.zone(briefing.timezone))
    if briefing.kind == "morning":
        chapters = _morning(briefing, speak, local, words_a_minute * LONGEST // 60)
    else:
        chapters = _other(briefing, speak, words_a_minute * LONGEST // 60)
    title = say(briefing.title, speak.language, 120).rstrip(".") or speak.titles[0]
    return Script(title, tuple(c for c in chapters if c.text), speak.language)


def _morning(briefing: Briefing, speak: Phrases, local: datetime, budget: int) -> Iterator[Chapter]:
    lead = _joined(
        _greeting(briefing, speak, local),
        say(_HOUR.sub(r"\1 at \2", briefing.bottom_line.replace("…” ", "…”. ")), speak.language),
    )
    missing = _missing(briefing, speak)
    fixed = len(f"{lead} {missing}".split()) + 40  # the chapters' own first sentences and the sign-off
    names = tuple(name for group in _MORNING for name in group)
    chosen, left = choose(list(_candidates(briefing, names, speak)), budget - fixed)
    yield Chapter(speak.titles[0], lead)
    for title, group in zip(speak.titles[1:5], _MORNING, strict=True):
        parts = [_section(briefing, name, [c for c in chosen if c.section == name], speak) for name in group]
        if "rest" in group:
            parts.append(missing)
        yield Chapter(title, _joined(*parts))
    yield Chapter(speak.titles[5], _joined(speak.say("more", left) if left else "", speak.sign_off(local)))


def _greeting(briefing: Briefing, speak: Phrases, local: datetime) -> str:
    """The title's own greeting where it has one ("Good morning, Mara – Tuesday 12 May")."""
    if speak.language == "en" and briefing.title.startswith("Good "):
        return say(briefing.title.replace(" – ", ". It is ", 1), limit=120)
    return speak.opening(local)


def _other(briefing: Briefing, speak: Phrases, budget: int) -> Iterator[Chapter]:
    """A meeting's brief, an alert: the sections as they stand, headed by their names in English."""
    title = say(briefing.title, speak.language, 120).rstrip(".?!")
    brief = briefing.kind == "meeting"
    lead = speak.say("meeting", title) if brief else f"{title}."
    chosen, left = choose(list(_candidates(briefing, tuple(n for n, _ in briefing.sections), speak)), budget - 40)
    yield Chapter(title, _joined(lead, say(briefing.bottom_line, speak.language)))
    for name, _ in briefing.sections:
        said = [c.said for c in chosen if c.section == name]
        head = say(heading(name)) if said and brief and speak.language == "en" else ""
        yield Chapter(heading(name), _joined(head, *said))
    tail = _joined(_missing(briefing, speak), speak.say("more", left) if left else "", speak.say("meeting_end") if brief else "")
    yield Chapter(speak.titles[5], tail)


def _candidates(briefing: Briefing, names: tuple[str, ...], speak: Phrases) -> Iterator[Candidate]:
    index = 0
    for name in names:
        for fact in briefing.section(name):
            said = _said(fact, speak)
            if not said:
                continue
            yield Candidate(name, fact, said)
            parent, index = index, index + 1
            for detail in fact.details:
                if words := _said(detail, speak):
                    yield Candidate(name, detail, words, parent)
                    index += 1


def _said(fact: Fact, speak: Phrases) -> str:
    """The fact in one breath: its time or name first, unless its words have that already. A bare link is not said at all."""
    words, label = (fact.speech or fact.text).strip(), fact.label.strip()
    if links.host(words) and " " not in words:
        return ""
    timed = bool(_CLOCK.match(label)) or label.lower().startswith("all")
    if label and label not in words and not (timed and fact.speech):
        words = (speak.raw("at", label) if timed else f"{label}, ") + words
    return say(words, speak.language, 260)


def _section(briefing: Briefing, name: str, chosen: list[Candidate], speak: Phrases) -> str:
    if not chosen:
        return ""
    facts = sum(1 for c in chosen if c.under is None and c.fact.topic not in NO_MEETING)
    said = []
    number = 0
    for candidate in chosen:
        number += candidate.under is None
        counted = name == "needs_you" and facts > 1 and candidate.under is None
        said.append((speak.raw("nth", number, number == facts) if counted else "") + candidate.said)
    whole = sum(f.topic not in NO_MEETING for f in briefing.section(name)) if name == "meetings" else facts
    return _joined(speak.say(name, whole) if whole else "", *said)


def _missing(briefing: Briefing, speak: Phrases) -> str:
    names = unmentioned(briefing)[:4]
    listed = speak.raw("and").join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    return speak.say("unread", listed) if names else ""


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
