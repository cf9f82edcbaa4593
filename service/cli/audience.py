"""Whose mail `reveille explain` reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from service.domain.items import Message
from service.domain.people import Person
from service.domain.raw import RawMessage
from service.domain.rules import Rule
from service.domain.verdicts import Verdict
from service.triage import Triage

_DELIVERED = re.compile(rb"^(?:delivered-to|x-original-to|envelope-to):[ \t]*<?([^\s<>]+@[^\s<>]+)", re.IGNORECASE | re.MULTILINE)
_HEAD = 32_768  # bytes of a message that hold its first headers
_MOST_READERS = 20
_KEPT = 1_000  # readers remembered in a run over many mailboxes


@dataclass(slots=True)
class Reader:
    """One person for all messages, or for each message whoever it was sent to."""

    person: Person | None
    rules: Sequence[Rule] = ()
    kinds: dict[str, str] = field(default_factory=dict)
    _triage: dict[str, Triage] = field(default_factory=dict)

    @classmethod
    def find(cls, email: str) -> Reader:
        """Of `--me`, else of reveille.yaml, whose rules then hold too. Raises ConfigError where that file is wrong."""
        if email:
            return cls(_somebody(email.strip().lower(), ""))
        from service.settings import find, load

        path = find()
        if path is None:
            return cls(None)
        config = load(path)
        return cls(config.person, config.rules, {s.name: s.kind for s in config.sources})

    @property
    def own(self) -> frozenset[str]:
        return frozenset(self.person.emails) if self.person else frozenset()

    def judge(self, message: Message, raw: RawMessage) -> Verdict:
        if self.person:
            return self._of(self.person).judge(message)
        return self._of(_recipient(message, raw)).judge(message)

    def _of(self, person: Person) -> Triage:
        if person.id not in self._triage:
            if len(self._triage) >= _KEPT:
                self._triage.clear()
            self._triage[person.id] = Triage(person, self.rules, self.kinds)
        return self._triage[person.id]


def _recipient(message: Message, raw: RawMessage) -> Person:
    """Whom the server delivered it to, else all whom it is sent to: any of them may read it. Of a list's mail, its members only."""
    found = _DELIVERED.search(raw.data[:_HEAD].partition(b"\n\n")[0])
    noted = found[1].decode("ascii", "replace").lower() if found else ""
    if noted and (message.bulk.is_list or any(a.email == noted for a in (*message.to, *message.cc))):
        return _somebody(noted, next((a.name for a in (*message.to, *message.cc) if a.email == noted), ""))
    sent_to = [a for a in message.to if a.email and not _is_list(a.email, message)]
    emails = dict.fromkeys((*(a.email for a in sent_to[:_MOST_READERS]), *([noted] if noted else ())))
    return Person(" ".join(emails), " ".join(a.name for a in sent_to[:_MOST_READERS]), tuple(emails))


def _is_list(email: str, message: Message) -> bool:
    """The list itself, as its id names it: posts to walkers@hills.example have the id walkers.hills.example."""
    return bool(message.bulk.list_id) and message.bulk.list_id in email.replace("@", ".")


def _somebody(email: str, name: str) -> Person:
    return Person(email, name, (email,))
