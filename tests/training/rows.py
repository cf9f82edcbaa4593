"""What the classifiers see of a message, as rows to train on."""

from __future__ import annotations

from service.domain.items import Message
from service.domain.people import Address, Person
from service.domain.verdicts import Relation
from service.people import is_free_mail, organisation
from service.triage.addressee import names_of
from service.triage.linear import Linear
from service.triage.reading import Reading, gather, look
from service.triage.statements import Statements, read
from service.triage.traits import considered
from tests.training.softmax import Row


def junk_row(message: Message, person: Person, *, spam: bool) -> Row:
    seen = look(message, person, _said(message, person))
    domain = message.sender.domain
    group = message.sender.email if is_free_mail(domain) else organisation(domain)
    return Row(dict.fromkeys(sorted(seen.marked), 1.0), seen.words, "spam" if spam else "ham", group=group)


def category_row(reading: Reading, category: str) -> Row:
    return Row(considered(reading).traits, reading.words, category)


def a_reading(message: Message, person: Person, junk: Linear | None = None) -> Reading:
    """`junk`: another filter than the shipped one."""
    return gather(message, person, Relation(), _said(message, person), junk)


def _said(message: Message, person: Person) -> Statements:
    return read(message, person, names_of([Address(e, person.name) for e in person.emails]))
