"""What one person's acts have taught, in the store: `ports.LearningStore`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, delete, exists, insert, or_, select

from service.domain.learning import Feedback, Pattern
from service.store import tables
from service.store.codec import Codec
from service.store.database import Database
from service.store.erasure import refuse_erased

f, k = tables.feedback, tables.learned
AT_ONCE = 400
"""Parameters of one query."""


@dataclass(frozen=True, slots=True)
class PersonLearning:
    person: str
    database: Database
    codec: Codec

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        with self.database.write() as on:
            refuse_erased(on, self.person)
            self.database.alone(on, "learning", self.person)
            yield Turn(self.person, on, self.codec)

    def acts(self, items: Iterable[str]) -> Mapping[str, Sequence[Feedback]]:
        found: dict[str, list[Feedback]] = defaultdict(list)
        with self.database.read() as on:
            for part in _parts(sorted(set(items))):
                query = select(f.c.item, f.c.sealed).where(f.c.person == self.person, f.c.item.in_(part))
                for item, sealed in on.execute(query):
                    found[item].append(self.codec.unpack(sealed, Feedback))
        return dict(found)

    def patterns(self, keys: Iterable[str]) -> Mapping[str, Pattern]:
        by_term = {self.codec.term(key): key for key in keys}
        found: dict[str, Pattern] = {}
        with self.database.read() as on:
            for part in _parts(list(by_term)):
                query = select(k.c.key, k.c.sealed).where(k.c.person == self.person, k.c.key.in_(part))
                found |= {by_term[term]: self.codec.unpack(sealed, Pattern) for term, sealed in on.execute(query)}
        return found

    def all_patterns(self) -> Sequence[Pattern]:
        with self.database.read() as on:
            query = select(k.c.sealed).where(k.c.person == self.person).order_by(k.c.key)
            return [self.codec.unpack(sealed, Pattern) for sealed in on.execute(query).scalars()]

    def all_feedback(self) -> Sequence[Feedback]:
        with self.database.read() as on:
            query = select(f.c.sealed).where(f.c.person == self.person).order_by(f.c.at, f.c.id)
            return [self.codec.unpack(sealed, Feedback) for sealed in on.execute(query).scalars()]

    def is_empty(self) -> bool:
        with self.database.read() as on:
            return not on.execute(
                select(or_(exists().where(f.c.person == self.person), exists().where(k.c.person == self.person)))
            ).scalar()

    def forget(self) -> int:
        with self.database.write() as on:
            self.database.alone(on, "learning", self.person)
            on.execute(delete(f).where(f.c.person == self.person))
            return on.execute(delete(k).where(k.c.person == self.person)).rowcount


@dataclass(frozen=True, slots=True)
class Turn:
    person: str
    on: Connection
    codec: Codec

    def acts(self, item: str) -> Sequence[Feedback]:
        query = select(f.c.sealed).where(f.c.person == self.person, f.c.item == item)
        return [self.codec.unpack(sealed, Feedback) for sealed in self.on.execute(query).scalars()]

    def pattern(self, key: str) -> Pattern | None:
        query = select(k.c.sealed).where(k.c.person == self.person, k.c.key == self.codec.term(key))
        sealed = self.on.execute(query).scalar_one_or_none()
        return self.codec.unpack(sealed, Pattern) if sealed else None

    def keep(self, feedback: Feedback) -> None:
        self.on.execute(delete(f).where(f.c.person == self.person, f.c.id == feedback.id))
        row = {"id": feedback.id, "item": feedback.item, "act": feedback.act.value, "at": feedback.at}
        self.on.execute(insert(f).values(person=self.person, sealed=self.codec.pack(feedback), **row))

    def put(self, pattern: Pattern) -> None:
        key = self.codec.term(pattern.key.text)
        self.on.execute(delete(k).where(k.c.person == self.person, k.c.key == key))
        self.on.execute(insert(k).values(person=self.person, key=key, at=pattern.at, sealed=self.codec.pack(pattern)))


def _parts(some: Sequence[str]) -> Iterator[Sequence[str]]:
    return (some[start : start + AT_ONCE] for start in range(0, len(some), AT_ONCE))
