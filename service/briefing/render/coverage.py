"""What was read and what could not be, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from service.briefing.render import clean, times
from service.domain.facts import Briefing, Coverage, SourceCoverage

Stamp = Callable[[datetime], str]
WELL = frozenset({"ok", ""})  # every other health is said aloud


@dataclass(frozen=True, slots=True)
class CoverageView:
    """`missing` names what could not be read, to be said under the bottom line where that does not name it; else ""."""

    made: str
    window: str
    read: tuple[str, ...]
    unread: tuple[str, ...]
    problems: tuple[str, ...]
    suppressed: str
    missed: tuple[str, ...]
    notes: tuple[str, ...]
    missing: str

    @property
    def said(self) -> bool:
        return bool(self.read or self.unread or self.problems or self.suppressed or self.missed or self.notes)


def coverage_view(briefing: Briefing, where: tzinfo) -> CoverageView:
    def stamp(at: datetime) -> str:
        return times.stamp(at, briefing.made_at, where)

    coverage = briefing.coverage
    ill = [s for s in coverage.sources if s.health not in WELL]
    return CoverageView(
        made=f"{times.full(briefing.made_at, where)} ({clean.line(briefing.timezone, 60)})",
        window=_window(coverage, lambda at: times.day_stamp(at, briefing.made_at, where)),
        read=tuple(_read(s, stamp) for s in coverage.sources if s.health in WELL),
        unread=tuple(_unread(s, stamp) for s in ill),
        problems=tuple(_problems(s) for s in coverage.sources if s.problems),
        suppressed=_suppressed(coverage.suppressed),
        missed=tuple(clean.line(m, 200) for m in coverage.missed[:12]),
        notes=tuple(clean.line(n, 300) for n in coverage.notes[:12]),
        missing=_missing(unmentioned(briefing)),
    )


def _window(coverage: Coverage, stamp: Stamp) -> str:
    since = stamp(coverage.since_at) if coverage.since_at else ""
    until = stamp(coverage.until_at) if coverage.until_at else ""
    return f"{since} to {until}" if since and until else ""


def _read(source: SourceCoverage, stamp: Stamp) -> str:
    count = f"{source.items} item{'' if source.items == 1 else 's'}"
    return ", ".join(filter(None, (_name(source), count, stamp(source.read_at) if source.read_at else "")))


def _unread(source: SourceCoverage, stamp: Stamp) -> str:
    state = {"new": "not read yet", "no_access": "access lost"}.get(source.health, "unreachable")
    since = f" since {stamp(source.failing_since)}" if source.failing_since else ""
    last = f"; last read {stamp(source.read_at)}" if source.read_at else ""
    error = clean.capital(clean.line(source.error, 160).rstrip("."))
    return f"{_name(source)}: {state}{since}{last}" + (f". {error}." if error else ".")


def _problems(source: SourceCoverage) -> str:
    examples = "; ".join(clean.line(e, 100).rstrip(".") for e in source.examples[:2])
    return f"{_name(source)}: {source.problems} could not be read" + (f" ({examples})." if examples else ".")


def _suppressed(suppressed: tuple[tuple[str, int], ...]) -> str:
    """Such as "38 left out: 31 newsletters, 7 muted"."""
    total = sum(n for _, n in suppressed)
    return f"{total} left out: " + ", ".join(f"{n} {clean.line(what, 40)}" for what, n in suppressed) if total else ""


def unmentioned(briefing: Briefing) -> list[str]:
    """The sources that could not be read and that the bottom line does not name."""
    names = (_name(s) for s in briefing.coverage.sources if s.health not in WELL)
    return [name for name in names if name not in briefing.bottom_line]


def _missing(names: list[str]) -> str:
    names = names[:4]
    if not names:
        return ""
    listed = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
    return f"Not in here: {listed}, which could not be read."


def _name(source: SourceCoverage) -> str:
    return clean.line(source.account, 60) or clean.line(source.kind, 30) or "a source"
