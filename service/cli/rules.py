"""`reveille rules`: see what the rules do before they do it."""

from __future__ import annotations

import json as jsons
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.edge import wrong_usage
from service.cli.opening import opened

if TYPE_CHECKING:
    from service.bootstrap import House
    from service.domain.verdicts import Judged, Verdict

rules = typer.Typer(help="See what the rules of your config do before they do it.", no_args_is_help=True)
SPAN = re.compile(r"(\d+)([hdw])", re.ASCII)
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
LONGEST = timedelta(days=36_500)
WATCHED = ("category", "priority", "private", "muted", "notify", "labels", "spam", "phishing", "rules")


@rules.command("test")
def replay(
    last: Annotated[str, typer.Option(help="How far back: 12h, 30d, 4w.")] = "30d",
    json: Annotated[bool, typer.Option("--json", help="One JSON line a message whose verdict would change.")] = False,
) -> None:
    """Replay stored messages under the config as it is on disk, and print what would change. Activates nothing."""
    span = _span(last)
    with opened() as house:
        changed = list(_changes(house, span))
        fired = _fired(house, span)
    if json:
        for row in changed:
            print(jsons.dumps(row, ensure_ascii=False))
        return
    for name, count in fired.items():
        print(f"{count:5d}  {name}")
    print(f"{len(changed)} verdict{'' if len(changed) == 1 else 's'} would change." if changed else "No verdict would change.")
    for row in changed:
        print(f"  {row['at'][:10]}  {row['from']}: {row['subject']}")
        for field, (before, after) in row["changes"].items():
            print(f"      {field}: {_shown(before)} → {_shown(after)}")


def _changes(house: House, span: timedelta) -> Iterator[dict[str, Any]]:
    stored = _stored(house, span)
    judged = house.sync.judge([j.message for j in stored])
    for before in stored:
        after = judged[before.message.id]
        differing = {name: (old, new) for name in WATCHED if (old := _of(before.verdict, name)) != (new := _of(after, name))}
        if differing:
            yield {
                "id": before.message.id,
                "at": before.message.at.isoformat(),
                "from": before.message.sender.label,
                "subject": before.message.subject,
                "changes": differing,
            }


def _fired(house: House, span: timedelta) -> dict[str, int]:
    """How many of the messages each rule of the file matches, those that match none included."""
    verdicts = house.sync.judge([j.message for j in _stored(house, span)]).values()
    return {rule.name: sum(rule.name in v.rules for v in verdicts) for rule in house.config.rules}


def _stored(house: House, span: timedelta) -> list[Judged]:
    now = house.clock()
    return [*house.items.received(now - span, now), *house.items.sent(now - span, now)]


def _of(verdict: Verdict, name: str) -> Any:
    value = getattr(verdict, name)
    return list(value) if isinstance(value, tuple) else value


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return str(value) if value != "" else "none"


def _span(last: str) -> timedelta:
    found = SPAN.fullmatch(last.strip())
    if not found:
        wrong_usage(f"--last {last!r} is not a span. Write it like 12h, 30d or 4w.")
    return min(int(found[1][:9]) * UNITS[found[2]], LONGEST)
