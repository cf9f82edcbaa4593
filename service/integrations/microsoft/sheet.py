"""The page that is being filled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from service.domain.sync import Change, Page, Problem, Upsert

MANY, MOST = 100, 200
"""Changes that fill a page where the cursor stands for all of them, and that do so in any case."""
HEAVIEST = 4_000_000
"""Characters of text in a page, so that memory stays flat."""


class Sheet:
    def __init__(self, cursor: Callable[[], str]) -> None:
        self._cursor = cursor
        self._changes: list[Change] = []
        self._weight = 0
        self.total: int | None = None

    def add(self, changes: Iterable[Change]) -> Iterator[Page]:
        for change in changes:
            self.put(change)
            if len(self._changes) >= MOST or self._weight >= HEAVIEST:
                yield self.page()

    def put(self, change: Change) -> None:
        self._changes.append(change)
        if isinstance(change, Upsert):
            self._weight += len(getattr(change.item, "text", getattr(change.item, "description", "")))

    def turn_over(self, least: int = MANY) -> Iterator[Page]:
        """For where the cursor stands for all that was added."""
        if len(self._changes) >= least:
            yield self.page()

    def page(self, problems: Sequence[Problem] = ()) -> Page:
        changes, self._changes, self._weight = tuple(self._changes), [], 0
        return Page(changes, self._cursor(), tuple(problems), self.total)
