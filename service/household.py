"""All that acts for one person under the config that is in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from service.courier import Mailboxes
from service.domain.ledger import Cadence
from service.domain.people import Person
from service.ports import Channel, Services


@dataclass(frozen=True, slots=True)
class Household:
    person: Person
    cadences: Mapping[str, Cadence]
    channels: Mapping[str, Channel]
    readers: Mapping[str, frozenset[str]]
    """Channels of others who read along → the cadences they get; empty is all."""
    services: Services
    mailboxes: Mailboxes
    """Reads the sources anew."""
    act: Callable[[], object] = lambda: None
    """Does what was approved, by the person or by a rule; raises nothing."""

    def cadence(self, name: str) -> Cadence | None:
        """With the channels of those who read along with the person: alone, they get nothing."""
        cadence = self.cadences.get(name)
        if cadence is None or not cadence.to:
            return cadence
        along = (reader for reader, only in self.readers.items() if not only or name in only)
        return replace(cadence, to=tuple(dict.fromkeys((*cadence.to, *along))))
