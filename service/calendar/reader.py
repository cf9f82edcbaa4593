"""The port `CalendarReader`: in this process, or in one that can be killed. What reads is imported where it reads: a process that has its
children do it doesn't hold the parsers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from service.domain.items import Event, Series
from service.domain.sync import Problem
from service.isolation import Failure, Isolated

T = TypeVar("T")
Reading = tuple[tuple[Series, ...], tuple[Problem, ...]]
Expansion = tuple[tuple[Event, ...], tuple[Problem, ...]]


class InlineCalendarReader:
    """Bounded in what it counts, but not in time: for commands that a person can stop, and for tests."""

    def read(self, data: bytes, account: str, where: str) -> Reading:
        return _read(data, account, where)

    def expand(self, series: Sequence[Series], start: datetime, end: datetime, own: frozenset[str], zone: str) -> Expansion:
        return _expand(series, start, end, own, zone)


class IsolatedCalendarReader:
    """Each series is expanded by itself, so that one that hangs or eats memory is a problem of its own."""

    def __init__(self, isolated: Isolated) -> None:
        self._isolated = isolated

    def read(self, data: bytes, account: str, where: str) -> Reading:
        """A calendar that can't be read in one go is read once more, uid by uid."""
        whole = self._isolated.call(partial(_read, account=account, where=where), data)
        return self._read_apart(data, account, where) if isinstance(whole, Failure) else whole

    def expand(self, series: Sequence[Series], start: datetime, end: datetime, own: frozenset[str], zone: str) -> Expansion:
        near = [one for one in series if one.is_near(start, end)]
        answers = self._isolated.map(partial(_expand_one, start=start, end=end, own=own, zone=zone), near)
        events, problems = _gather((one.id, answer) for one, answer in zip(near, answers, strict=True))
        return tuple(sorted(events, key=lambda e: (e.start_at, e.id))), tuple(problems)

    def _read_apart(self, data: bytes, account: str, where: str) -> Reading:
        parts = self._isolated.call(_split, data)
        if isinstance(parts, Failure):
            return (), (Problem(where, f"it can't be read: it {parts.what}"),)
        answers = self._isolated.map(partial(_read, account=account, where=where), (text for _, text in parts))
        series, problems = _gather((f"{where}#{uid}", answer) for (uid, _), answer in zip(parts, answers, strict=True))
        return tuple(series), tuple(problems)


def _gather(
    answers: Iterable[tuple[str, tuple[tuple[T, ...], tuple[Problem, ...]] | Failure]],
) -> tuple[list[T], list[Problem]]:
    """What came back; a failure is a problem of the place it is named with."""
    found: list[T] = []
    problems: list[Problem] = []
    for where, answer in answers:
        if isinstance(answer, Failure):
            problems.append(Problem(where, f"it can't be read: it {answer.what}"))
        else:
            found += answer[0]
            problems += answer[1]
    return found, problems


def _read(data: bytes, account: str, where: str) -> Reading:
    from service.calendar.reading import read

    return read(data, account, where)


def _split(data: bytes) -> list[tuple[str, bytes]]:
    from service.calendar.reading import split

    return split(data)


def _expand(series: Sequence[Series], start: datetime, end: datetime, own: frozenset[str], zone: str) -> Expansion:
    from service.calendar.expansion import expand

    return expand(series, start, end, own, zone)


def _expand_one(one: Series, start: datetime, end: datetime, own: frozenset[str], zone: str) -> Expansion:
    return _expand([one], start, end, own, zone)
