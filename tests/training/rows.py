"""What the classifiers see of a message, as rows to train on."""

from __future__ import annotations

from service.domain.items import Message
from service.domain.people import Address, Person
from service.domain.verdicts import Relation
from service.triage.addressee import names_of
from service.triage.reading import gather, look
from service.triage.statements import Statements, read
from service.triage.traits import considered
from tests.training.softmax import Row


def junk_row(message: Message, person: Person, *, spam: bool, weight: float = 1.0) -> Row:
    seen = look(message, person, _said(message, person))
    return Row(dict.fromkeys(sorted(seen.marked), 1.0), seen.words, "spam" if spam else "ham", weight)


def category_row(message: Message, person: Person, category: str, weight: float = 1.0) -> Row:
    reading = gather(message, person, Relation(), _said(message, person))
    return Row(considered(reading).traits, reading.words, category, weight)


def _said(message: Message, person: Person) -> Statements:
    return read(message, person, names_of([Address(e, person.name) for e in person.emails]))
