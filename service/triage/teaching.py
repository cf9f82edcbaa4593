"""Taking in what the person does, one lesson at a time, and giving it up again where the person says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from service.domain.items import Message
from service.domain.learning import Act, Feedback, Hints, Key, KeyKind, Lesson, Pattern
from service.ports import LearningStore, LearningTurn
from service.triage.keys import keys
from service.triage.learning import Learned, everything, taught
from service.triage.lessons import lesson

NO_HINTS = Hints()
AT_ONCE = 100
EVERYTHING = Key(KeyKind.WORD, "*", "everything")
"""Under this key it is kept that, and when, the person had everything forgotten."""


@dataclass(frozen=True, slots=True)
class Teacher:
    store: LearningStore

    def note(self, some: Iterable[Feedback]) -> int:
        """How many of them taught something. An item counts once: a later or weightier act takes the place of what it said before."""
        return sum(self._note_together(part) for part in _batches(some))

    def hints(self, messages: Sequence[Message]) -> list[Hints]:
        """In the order of the messages."""
        if not messages or self.store.is_empty():
            return [NO_HINTS] * len(messages)
        by_message = [keys(m) for m in messages]
        patterns = self.store.patterns({k.text for some in by_message for k in some})
        acts = self.store.acts(m.id for m in messages)
        return [
            Hints(tuple(patterns[k.text] for k in some if k.text in patterns), _corrected(acts.get(m.id, ())))
            for m, some in zip(messages, by_message, strict=True)
        ]

    def learned(self, now: datetime) -> list[Learned]:
        """All that holds now: what the most cases say first."""
        found = [one for pattern in self.store.all_patterns() for one in everything(pattern, now)]
        return sorted(found, key=lambda one: (-one.cases, one.pattern.key.text, one.said))

    def undo(self, id: str, now: datetime) -> Pattern | None:
        """Forgets one pattern. What was done until now teaches it no more; what is done from now on may. None: there is none of that id."""
        pattern = next((p for p in self.store.all_patterns() if p.id == id and p.tallies), None)
        if pattern is not None:
            with self.store.turn() as turn:
                turn.put(Pattern(pattern.key, now, forgotten_at=now))
        return pattern

    def forget_all(self, now: datetime) -> int:
        """Everything, and what was done until now is not learned from again. How many patterns there were."""
        count = self.store.forget()
        with self.store.turn() as turn:
            turn.put(Pattern(EVERYTHING, now, forgotten_at=now))
        return count

    def _note_together(self, some: Sequence[Feedback]) -> int:
        with self.store.turn() as turn:
            forgotten = turn.pattern(EVERYTHING.text)
            since = forgotten.forgotten_at if forgotten else None
            return sum(_note(turn, one) for one in some if since is None or one.at > since)


def _batches(some: Iterable[Feedback]) -> Iterator[Sequence[Feedback]]:
    """Whoever marks a thousand mails as read costs some transactions, and holds up nobody for long."""
    waiting = iter(some)
    while part := list(islice(waiting, AT_ONCE)):
        yield part


def _note(turn: LearningTurn, one: Feedback) -> bool:
    before = {act.act: act for act in turn.acts(one.item)}
    if one.act in before:
        if before[one.act].value == one.value:
            return False
        # What the built-in brain said counts as it was when the person first acted on it.
        one = replace(one, said=before[one.act].said)
    was, now = lesson(before.values()), lesson((before | {one.act: one}).values())
    turn.keep(one)
    if was == now:
        return False
    for change, times in ((was, -1), (now, 1)):
        if change is not None:
            _teach(turn, one, change, times)
    return True


def _teach(turn: LearningTurn, one: Feedback, change: Lesson, times: int) -> None:
    sender = next((k.value for k in one.keys if k.kind is KeyKind.SENDER), "")
    for key in one.keys:
        turn.put(taught(turn.pattern(key.text), key, change, sender, times))


def _corrected(acts: Iterable[Feedback]) -> str:
    return next((a.value for a in acts if a.act is Act.CORRECTED), "")
