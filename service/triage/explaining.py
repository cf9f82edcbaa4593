"""Why a rule fired for an item, or what kept it from firing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.domain.rules import Condition, Consequence, Rule
from service.triage.patterns import TooSlow, tried
from service.triage.rules import PATTERNS, Fields, holds, values_of

_SHOWN = 80
_NOTHING = Consequence()
_CALLED = {"sender": "from", "none": "not"}
"""Names that the config file has for what the code calls otherwise."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One condition that did not hold. `where` is its place below `when` as the file has it: any[1].subject."""

    where: str
    wanted: str
    found: str

    def __str__(self) -> str:
        return f"{self.where} wants {self.wanted}; {self.found}"


@dataclass(frozen=True, slots=True)
class Why:
    """`held` counts the conditions that did hold, so that a rule that nearly fired is told from one about something else."""

    rule: Rule
    held: tuple[str, ...]
    missed: tuple[Miss, ...]

    @property
    def fired(self) -> bool:
        return not self.missed

    @property
    def nearly(self) -> bool:
        """All but one condition held, and at least one did."""
        return len(self.missed) == 1 and bool(self.held)


def explained(rule: Rule, fields: Fields) -> Why:
    held, missed = [], []
    for where, miss in _each(rule.when, fields, ""):
        if miss is None:
            held.append(where)
        else:
            missed.append(miss)
    return Why(rule, tuple(held), tuple(missed))


_Told = Iterator[tuple[str, Miss | None]]


def _each(when: Condition, fields: Fields, path: str) -> _Told:
    for name in PATTERNS:
        if pattern := getattr(when, name):
            yield _pattern(path + _CALLED.get(name, name), pattern, getattr(fields, name))
    if when.time is not None:
        yield _told(
            f"{path}time", _hours(when), f"it is dated {fields.at:%a %d %b %Y %H:%M} UTC", holds=when.time.hold(fields.at)
        )
    for name, wanted, found in (
        ("relation", when.relation, fields.around.relation),
        ("thread", when.thread, fields.around.thread),
    ):
        if wanted:
            said = f"it is {', '.join(sorted(found))}" if found else "nothing is known of that"
            yield _told(path + name, " or ".join(wanted), said, holds=not found.isdisjoint(wanted))
    for name, pattern in when.crm:
        yield _pattern(f"{path}crm.{name}", pattern, values_of(fields.around, name))
    for i, inner in enumerate(when.all):
        yield from _each(inner, fields, f"{path}all[{i}].")
    if when.any:
        yield _any(when, fields, path)
    for i, inner in enumerate(when.none):
        yield _none(inner, fields, f"{path}not[{i}]")


def _pattern(where: str, pattern: str, found: Sequence[str]) -> tuple[str, Miss | None]:
    try:
        holds = tried(pattern, found)
    except TooSlow as error:
        return where, Miss(where, pattern, f"{error}, so the rule does not fire: write it simpler")
    return _told(where, pattern, f"it has {_listed(found)}" if found else "it has none", holds=holds)


def _any(when: Condition, fields: Fields, path: str) -> tuple[str, Miss | None]:
    where = f"{path}any"
    inner = [explained(Rule("", c, _NOTHING), fields) for c in when.any]
    if any(why.fired for why in inner):
        return where, None
    nearest = min(inner, key=lambda why: len(why.missed))
    return where, Miss(where, f"one of its {len(when.any)}", f"none holds, the nearest misses {nearest.missed[0]}")


def _none(inner: Condition, fields: Fields, where: str) -> tuple[str, Miss | None]:
    try:
        holds_ = holds(inner, fields)
    except TooSlow as error:
        return where, Miss(where, "that it does not hold", f"{error}, so the rule does not fire: write it simpler")
    return where, Miss(where, "that it does not hold", "it does") if holds_ else None


def _told(where: str, wanted: str, found: str, *, holds: bool) -> tuple[str, Miss | None]:
    return where, None if holds else Miss(where, wanted, found)


def _hours(when: Condition) -> str:
    hours = when.time
    assert hours is not None
    names = ", ".join(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[d] for d in sorted(hours.days))
    return f"{hours.start:%H:%M}-{hours.end:%H:%M} {hours.timezone} on {names}"


def _listed(values: Sequence[str]) -> str:
    shown = [" ".join(v.split()) for v in values[:3]]
    cut = [v if len(v) <= _SHOWN else v[: _SHOWN - 1] + "…" for v in shown]
    return ", ".join(f'"{v}"' for v in cut) + (f" and {len(values) - 3} more" if len(values) > 3 else "")
