"""Labels of all messages at once, by listing who has each: a request for five hundred messages, where asking each costs one each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from service.domain.sync import Moved
from service.integrations.gmail.box import Box
from service.integrations.gmail.labels import NEVER, TELLING, Labels
from service.integrations.gmail.letters import moved


@dataclass(frozen=True, slots=True)
class Marks:
    """`sets` holds for each message a bit for each of `of`, so that 200,000 messages take some 20 MB while they are compared."""

    of: tuple[str, ...]
    sets: Mapping[str, int]
    labels: Labels

    @classmethod
    def read(cls, box: Box, labels: Labels) -> Self:
        of = (*(label for label in TELLING if label not in NEVER), *sorted(labels.names))
        sets: dict[str, int] = {}
        for bit, label in enumerate(of):
            for ids in box.ids(label):
                for id in ids:
                    sets[id] = sets.get(id, 0) | 1 << bit
        return cls(of, sets, labels)

    def changed(self, ids: Iterable[str], held: Mapping[str, str], done: Iterable[str]) -> Iterator[Moved]:
        """Of those that are held, those with another place than when they were stored."""
        for id in ids:
            if id in held and id not in done:
                place = self.labels.place(label for bit, label in enumerate(self.of) if self.sets.get(id, 0) >> bit & 1)
                if held[id] != place.stamp:
                    yield moved(id, place)
