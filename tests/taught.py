"""The in-memory twin of `store.learning`: kept honest by the contract in `tests/integration/test_learning_store.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from service.domain.learning import Feedback, Pattern


@dataclass
class Taught:
    noted: dict[str, Feedback] = field(default_factory=dict)
    known: dict[str, Pattern] = field(default_factory=dict)

    @contextmanager
    def turn(self) -> Iterator[Taught]:
        yield self

    def acts(self, items: str | Iterable[str]):
        if isinstance(items, str):  # a turn's
            return [one for one in self.noted.values() if one.item == items]
        return {item: self.acts(item) for item in set(items) if self.acts(item)}

    def pattern(self, key: str) -> Pattern | None:
        return self.known.get(key)

    def keep(self, feedback: Feedback) -> None:
        self.noted[feedback.id] = feedback

    def put(self, pattern: Pattern) -> None:
        self.known[pattern.key.text] = pattern

    def patterns(self, keys: Iterable[str]) -> Mapping[str, Pattern]:
        return {key: self.known[key] for key in keys if key in self.known}

    def all_patterns(self) -> Sequence[Pattern]:
        return [self.known[key] for key in sorted(self.known)]

    def all_feedback(self) -> Sequence[Feedback]:
        return sorted(self.noted.values(), key=lambda one: (one.at, one.id))

    def is_empty(self) -> bool:
        return not (self.noted or self.known)

    def forget(self) -> int:
        count = len(self.known)
        self.noted.clear()
        self.known.clear()
        return count
