"""Which sources a brief or an alert could see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from service.briefing.lines import one_line
from service.domain.facts import Coverage, SourceCoverage
from service.domain.sync import Account


def sight(accounts: Iterable[Account], as_of: datetime) -> Coverage:
    return Coverage(tuple(_source(a) for a in accounts), until_at=as_of)


def _source(account: Account) -> SourceCoverage:
    return SourceCoverage(
        account=account.name,
        kind=account.kind,
        health=account.health.value,
        read_at=account.read_at,
        failing_since=account.failing_since,
        error=one_line(account.error, 160),
        items=account.items,
        problems=len(account.problems),
        examples=tuple(one_line(f"{p.where}: {p.what}", 140) for p in account.problems[:3]),
    )
