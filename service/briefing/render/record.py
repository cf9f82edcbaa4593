"""The JSON form, version 1: the same facts for a program."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from service.domain.facts import Briefing, Coverage, Fact, Section, SourceCoverage, SourceRef

_ALWAYS = {
    "morning": tuple(s.value for s in Section),
    "meeting": ("when_where", "people", "last_said", "open", "changed"),
}


def to_json(briefing: Briefing) -> dict[str, Any]:
    """Instants are ISO 8601 in UTC; a morning and a meeting have all their sections, empty ones too; text is as it was said."""
    names = dict.fromkeys((*_ALWAYS.get(briefing.kind, ()), *(name for name, _ in briefing.sections)))
    return {
        "kind": briefing.kind,
        "person": briefing.person,
        "title": briefing.title,
        "subject": briefing.subject,
        "bottom_line": briefing.bottom_line,
        "made_at": _instant(briefing.made_at),
        "timezone": briefing.timezone,
        "language": briefing.language,
        "sections": {name: [_fact(f) for f in briefing.section(name)] for name in names},
        "coverage": _coverage(briefing.coverage),
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "key": fact.key,
        "version": fact.version,
        "text": fact.text,
        "label": fact.label,
        "sources": [_source(s) for s in fact.sources],
        "people": list(fact.people),
        "at": _instant(fact.at),
        "importance": fact.importance,
        "topic": fact.topic,
        "basis": fact.basis.value,
        "sensitivity": fact.sensitivity.value,
        "why": fact.why,
        "details": [_fact(d) for d in fact.details],
    }


def _source(ref: SourceRef) -> dict[str, Any]:
    return {
        "kind": ref.kind,
        "id": ref.id,
        "title": ref.title,
        "url": ref.url,
        "quote": ref.quote,
        "at": _instant(ref.at),
    }


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "sources": [_read(s) for s in coverage.sources],
        "since": _instant(coverage.since_at),
        "until": _instant(coverage.until_at),
        "suppressed": dict(coverage.suppressed),
        "missed": list(coverage.missed),
        "notes": list(coverage.notes),
    }


def _read(source: SourceCoverage) -> dict[str, Any]:
    return {
        "account": source.account,
        "kind": source.kind,
        "health": str(source.health),
        "read_at": _instant(source.read_at),
        "failing_since": _instant(source.failing_since),
        "error": source.error,
        "items": source.items,
        "problems": source.problems,
        "examples": list(source.examples),
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
