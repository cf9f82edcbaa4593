"""What was read and what could not be, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from service.briefing.render import clean, times
from service.domain.facts import Briefing, Coverage, SourceCoverage

TOGETHER = timedelta(minutes=10)
"""Sources read within this time of each other were read at once, as far as a person cares."""
NOUNS = {
    **dict.fromkeys(("maildir", "mbox", "eml", "imap"), "mail"),
    **dict.fromkeys(("slack_export", "slack"), "Slack"),
    **dict.fromkeys(("ics", "caldav"), "calendar"),
    "notes": "notes",
    **dict.fromkeys(("vcard", "carddav"), "contacts"),
}
"""What the kinds of source hold, in the order they are named; any other kind goes by its name."""
Stamp = Callable[[datetime], str]
WELL = frozenset({"ok", ""})  # every other health is said aloud


@dataclass(frozen=True, slots=True)
class CoverageView:
    """`missing` names what could not be read, to be said under the bottom line where that does not name it; else ""."""

    made: str
    clock: str  # the same without the day, where the title names it
    window: str
    read: str
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
        clock=f"{briefing.made_at.astimezone(where):%H:%M} ({clean.line(briefing.timezone, 60)})",
        window=_window(coverage, lambda at: times.day_stamp(at, briefing.made_at, where)),
        read=_read([s for s in coverage.sources if s.health in WELL], stamp),
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


def _read(sources: Sequence[SourceCoverage], stamp: Stamp) -> str:
    """Such as "Read 09:43: mail 18, Slack 7, calendar 12."; what was read at another time is said with its own."""
    groups: dict[str, list[SourceCoverage]] = {}
    for source in sorted(sources, key=lambda s: (s.read_at is None, s.read_at and -s.read_at.timestamp())):
        newest = next((t for t in groups if t and source.read_at and _at_once(groups[t][0], source)), None)
        groups.setdefault(newest or (stamp(source.read_at) if source.read_at else ""), []).append(source)
    nouns = Counter(_noun(s) for s in sources)
    said = (f"{at}: {', '.join(_counted(s, nouns) for s in sorted(some, key=_order))}".strip(": ") for at, some in groups.items())
    return f"Read {'; '.join(said)}." if groups else ""


def _at_once(one: SourceCoverage, other: SourceCoverage) -> bool:
    return bool(one.read_at and other.read_at and abs(one.read_at - other.read_at) < TOGETHER)


def _counted(source: SourceCoverage, nouns: Mapping[str, int]) -> str:
    """By what it holds; by its name where several hold the same."""
    noun = _noun(source)
    return f"{noun if nouns[noun] == 1 else _name(source)} {source.items}"


def _noun(source: SourceCoverage) -> str:
    """Of a table, which may hold anything, the first word of its name."""
    return NOUNS.get(source.kind) or _name(source).partition(" ")[0]


def _order(source: SourceCoverage) -> tuple[int, str]:
    kinds = list(NOUNS)
    return (kinds.index(source.kind) if source.kind in NOUNS else len(kinds), _name(source))


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
    """Such as "38 left out: 31 newsletters, 7 muted."."""
    total = sum(n for _, n in suppressed)
    return f"{total} left out: {', '.join(f'{n} {clean.line(what, 40)}' for what, n in suppressed)}." if total else ""


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
    """Without the kind, which a name that nobody chose begins with."""
    return clean.line(source.account.removeprefix(f"{source.kind} "), 60) or clean.line(source.kind, 30) or "a source"
