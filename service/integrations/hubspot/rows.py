"""An object as HubSpot answers with it, and its values as they are meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """Times are milliseconds since 1970 by HubSpot's clock; 0 where it says none."""

    id: int
    modified: int
    created: int
    archived: int
    properties: Mapping[str, str] = field(repr=False)  # what is empty is left out
    changed: Mapping[str, int] = field(default_factory=dict)  # when a property last changed, where that was asked
    url: str = ""

    def __call__(self, name: str) -> str:
        return self.properties.get(name, "")

    @property
    def merged(self) -> tuple[int, ...]:
        """The objects that became this one."""
        return tuple(int(id) for id in self("hs_merged_object_ids").split(";") if id.strip().isdigit())


def read(raw: Any, modified: str) -> Row | None:
    """None where it has no id."""
    if not isinstance(raw, dict) or not str(raw.get("id", "")).isdigit():
        return None
    given = raw.get("properties")
    properties = {n: str(v) for n, v in given.items() if v not in (None, "")} if isinstance(given, dict) else {}
    return Row(
        int(raw["id"]),
        millis(properties.get(modified) or raw.get("updatedAt")),
        millis(raw.get("createdAt")),
        millis(raw.get("archivedAt")),
        properties,
        _changed(raw.get("propertiesWithHistory")),
        str(raw.get("url") or ""),
    )


def _changed(history: Any) -> dict[str, int]:
    if not isinstance(history, dict):
        return {}
    return {
        name: max((millis(v.get("timestamp")) for v in versions if isinstance(v, dict)), default=0)
        for name, versions in history.items()
        if isinstance(versions, list)
    }


def moment(value: Any) -> datetime | None:
    """ISO 8601, or milliseconds since 1970; None where it is neither."""
    text = str(value or "").strip()
    try:
        if text.lstrip("-").isdigit():
            return EPOCH + timedelta(milliseconds=int(text))
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def millis(value: Any) -> int:
    at = moment(value)
    return since_epoch(at) if at else 0


def since_epoch(at: datetime) -> int:
    """Milliseconds."""
    return round((at - EPOCH) / timedelta(milliseconds=1))


def day(value: str, zone: tzinfo) -> date | None:
    """Where the person is; a bare date stays the day that it says."""
    if len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    at = moment(value)
    try:
        return at.astimezone(zone).date() if at else None
    except OverflowError:
        return None


def amount(value: str, currency: str) -> str:
    """As the CRM shows it: "25,000 EUR"."""
    try:
        number = Decimal(value)
        shown = f"{number:,.0f}" if number == number.to_integral_value() else f"{number:,.2f}"
    except (InvalidOperation, ValueError):
        shown = value
    return f"{shown} {currency}".strip() if value else ""


def line(text: str) -> str:
    return " ".join(text.split())
