"""Each message with all that is needed to judge it: who its sender is, what rules ask of the rest, what the person has taught."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.domain.items import Message
from service.domain.people import Person
from service.domain.rules import Rule
from service.domain.verdicts import Relation
from service.ports import Items
from service.triage.circumstances import Asked, around
from service.triage.dealings import dealings
from service.triage.judges import Known
from service.triage.teaching import Teacher


@dataclass(frozen=True, slots=True)
class Background:
    person: Person
    rules: Sequence[Rule]
    items: Items
    teacher: Teacher
    clock: Callable[[], datetime]

    @property
    def follows_threads(self) -> bool:
        """Whether a mail may change what rules make of the others in its thread."""
        return Asked.by(self.rules).thread

    def cases(self, messages: Sequence[Message]) -> list[Known]:
        """In the order of the messages; the store is asked for all of them together."""
        now = self.clock()
        relations = dealings(self.items, messages, now)
        surrounding = around(messages, relations, self.rules, self.person, self.items, now)
        hints = self.teacher.hints(messages)
        return [
            (m, relations.get(m.sender.email, Relation()), a, h, now)
            for m, a, h in zip(messages, surrounding, hints, strict=True)
        ]
