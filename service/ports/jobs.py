"""What a job is handed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from service.domain.delivery import Audience
from service.domain.ledger import Cadence, Occurrence
from service.domain.rules import Rule
from service.ports.edges import Voice
from service.ports.items import Deeds, Items


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a job is asked for: the ledger's row and the cadence it belongs to."""

    cadence: Cadence
    occurrence: Occurrence


@dataclass(frozen=True, slots=True)
class Services:
    """All that a job may touch. `audiences` says who sees each channel the occasion is delivered to."""

    items: Items
    voice: Voice | None = None
    rules: tuple[Rule, ...] = ()
    audiences: Mapping[str, Audience] = field(default_factory=dict)
    base_url: str = ""
    interrupts: frozenset[str] = frozenset()  # which of them make a sound; empty where nobody says
    scripts: bool = True  # whether anybody is shown the words of what could be heard
    deeds: Deeds | None = None
    silent_until: datetime | None = None
    """What is older was another service's to alert of: this one was restored from a backup of it."""
