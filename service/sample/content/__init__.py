"""The words of the sample, with their dates filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parseaddr
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Zurich")
NEWEST = time(6, 45)
"""Nothing of today's is younger than this, so that the morning's briefing sees it all."""
_TOKEN = re.compile(r"\{(day|date|iso)([+-]\d+)\}")


@dataclass(frozen=True, slots=True)
class Content:
    today: date
    people: dict[str, str]
    mail: list[dict[str, Any]]
    workspace: dict[str, Any]
    config: str

    @classmethod
    def load(cls, now: datetime) -> Content:
        """Before a quarter to seven in Zurich the sample's day is yesterday's: nothing of it may lie in the future."""
        local = now.astimezone(ZONE)
        today = local.date() if local.time() >= NEWEST else local.date() - timedelta(days=1)
        mail = _yaml("mail.yaml")
        return cls(
            today,
            mail["people"],
            [_filled(m, today) for m in mail["messages"]],
            _filled(_yaml("workspace.yaml"), today),
            _text("reveille.yaml"),
        )

    def address(self, who: str) -> tuple[str, str]:
        """Name and e-mail, of a key or of an address as it is written."""
        return parseaddr(self.people.get(who, who))

    def at(self, when: str) -> datetime:
        """The instant of a wall time some days from today, written like -1 16:20."""
        days, _, clock = when.partition(" ")
        wall = datetime.combine(self.day(int(days)), time.fromisoformat(clock))
        return wall.replace(tzinfo=ZONE).astimezone(UTC)

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)


def _yaml(name: str) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe").load(_text(name))


def _text(name: str) -> str:
    return (files(__name__) / name).read_text(encoding="utf-8")


def _filled(value: Any, today: date) -> Any:
    if isinstance(value, str):
        return _TOKEN.sub(lambda found: _said(found[1], today + timedelta(days=int(found[2]))), value)
    if isinstance(value, list):
        return [_filled(v, today) for v in value]
    if isinstance(value, dict):
        return {key: _filled(v, today) for key, v in value.items()}
    return value


def _said(how: str, day: date) -> str:
    if how == "day":
        return f"{day:%A}"
    return day.isoformat() if how == "iso" else f"{day.day} {day:%B}"
