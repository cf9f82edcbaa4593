"""One thing that stands in several sources is said once: a task or a follow-up that a mail already asks for lends it its source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from service.domain.facts import Fact, Section, Sensitivity

_WORD = re.compile(r"[^\W_]{3,}")
_SMALL = frozenset(
    ["the", "and", "for", "with", "from", "our", "your", "off", "out", "der", "die", "das", "den", "und", "für", "mit", "von"]
)
_HOSTS = (Section.NEEDS_YOU, Section.COMMITMENTS, Section.SLACK)
_GUESTS = ("task:", "follow-up:")


def merged(candidates: Mapping[str, Sequence[Fact]], told: Mapping[str, str]) -> dict[str, Sequence[Fact]]:
    """Nothing private says it for what is not; what was told before says it only of the same day."""
    sections = {name: list(facts) for name, facts in candidates.items()}
    hosts = [(name, f) for name in _HOSTS for f in sections.get(name, ()) if _may_host(f)]
    for guest in [f for f in sections.get(Section.COMMITMENTS, ()) if f.key.startswith(_GUESTS)]:
        found = next(((name, f) for name, f in hosts if _is_same(guest, f) and _is_news_for(guest, f, told)), None)
        if found is None:
            continue
        name, host = found
        both = replace(host, sources=(*host.sources, *guest.sources), importance=max(host.importance, guest.importance))
        sections[name][sections[name].index(host)] = both
        hosts[hosts.index(found)] = (name, both)
        sections[Section.COMMITMENTS].remove(guest)
    return dict(sections)


def _may_host(fact: Fact) -> bool:
    return not fact.key.startswith(_GUESTS) and fact.sensitivity is Sensitivity.NORMAL


def _is_news_for(guest: Fact, host: Fact, told: Mapping[str, str]) -> bool:
    """A mail that was told last week does not keep back the task that falls due today."""
    same_day = bool(guest.at and host.at and abs(guest.at - host.at) < timedelta(days=1))
    return same_day or told.get(host.key) != host.version


def _is_same(guest: Fact, host: Fact) -> bool:
    """Nearly all that names the one is in the other's own words, subject and company."""
    named = {w.casefold() for w in _WORD.findall(_naming(guest))} - _SMALL
    said = {w.casefold() for w in _WORD.findall(" ".join((host.text, *(f"{s.title} {s.quote}" for s in host.sources))))}
    hits = sum(any(_alike(word, other) for other in said) for word in named)
    return hits >= 2 and hits >= 0.75 * len(named)


def _naming(fact: Fact) -> str:
    """Its name and what stands in brackets after it, without what it is and when it is due."""
    return fact.text.rpartition(": ")[0].partition(" ")[2]


def _alike(one: str, other: str) -> bool:
    """The same word in another form: "sign" and "signed"."""
    return one == other or (min(len(one), len(other)) >= 4 and (one.startswith(other) or other.startswith(one)))
