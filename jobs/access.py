"""A source that refuses us: told once, with what mends it, and again only if it was read meanwhile and then broke anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from service.briefing.due import since_words
from service.briefing.lines import one_line
from service.domain.facts import Fact, Sensitivity
from service.domain.people import Person
from service.domain.sync import Account, Health
from service.ports import Services

TOPIC = "access"


def lost(services: Services, person: Person, told: Mapping[str, str], now: datetime) -> tuple[Fact, ...]:
    """Of what was `told` (fact key → version), nothing. What was lost before this service was restored is another's to tell."""
    since = services.silent_until
    return tuple(
        fact
        for account in services.items.accounts()
        if account.health is Health.NO_ACCESS and account.failing_since and not (since and account.failing_since < since)
        if (fact := _fact(account, account.failing_since, person, now)).version != told.get(fact.key)
    )


def _fact(account: Account, since: datetime, person: Person, now: datetime) -> Fact:
    name = one_line(account.name.removeprefix(f"{account.kind} "), 60) or account.kind
    return Fact(
        key=f"access:{account.name}",
        version=since.isoformat(),
        text=one_line(account.error, 240) or "it refuses the login: run `reveille doctor`",
        sources=(),
        label=f"{name} can't be read any more",
        at=since,
        importance=1.0,
        topic=TOPIC,
        sensitivity=Sensitivity.PRIVATE,
        speech=f"{name} can't be read any more.",
        why=f"it has refused access since {since_words(since, now, person.zone)}; the rest goes on",
    )
