"""`reveille rules`: see what the rules do before they do it."""

from __future__ import annotations

import json as jsons
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.edge import wrong_usage
from service.cli.opening import opened

if TYPE_CHECKING:
    from service.bootstrap import House
    from service.domain.items import Event, Message, Thread
    from service.triage.explaining import Why

rules = typer.Typer(help="See what the rules of your config do before they do it.", no_args_is_help=True)
SPAN = re.compile(r"(\d+)([hdw])", re.ASCII)
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
LONGEST = timedelta(days=36_500)


@rules.command("test")
def replay(
    last: Annotated[str, typer.Option(help="How far back: 12h, 30d, 4w.")] = "30d",
    json: Annotated[bool, typer.Option("--json", help="One JSON line an item that would be treated otherwise.")] = False,
) -> None:
    """Replay stored mail, chats and meetings under the config as it is on disk, and print what would change. Activates nothing.

    Compared with the rules that are in force; mail is judged under both, so that only what the edit changes is shown.
    """
    from service.cli.replaying import replayed

    span = _span(last)
    with opened() as house:
        found = replayed(house, span)
    if json:
        for row in found.changed:
            print(jsons.dumps(row, ensure_ascii=False))
        return
    for name, count in found.fired.items():
        print(f"{count:5d}  {name}")
    count = len(found.changed)
    print(f"{count} verdict{'' if count == 1 else 's'} would change." if count else "No verdict would change.")
    for row in found.changed:
        print(f"  {row['at'][:10]}  {row['from']}: {row['subject']}")
        for field, (before, after) in row["changes"].items():
            print(f"      {field}: {_shown(before)} → {_shown(after)}")


@rules.command("explain")
def explain(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="An id, a Message-ID, words of a subject, or FILE.eml.")],
    json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False,
    all_: Annotated[bool, typer.Option("--all", help="Also the rules that were far from firing.")] = False,
) -> None:
    """Show which rules of the config on disk fire for one item, and which nearly do: all but one condition hold, and which that is."""
    from service.cli.finding import the_item

    with opened() as house:
        found = the_item(house, item)
        whys = _whys(house, found)
    if json:
        print(jsons.dumps({"id": found.id, "rules": [_document(why) for why in whys]}, ensure_ascii=False))
        return
    if not whys:
        print("Your config has no rules.")
    for why in whys:
        if why.fired:
            print(f"fired   {why.rule.name}")
        elif why.nearly:
            print(f"nearly  {why.rule.name}: {why.missed[0]}")
        elif all_:
            print(f"no      {why.rule.name}: " + "; ".join(map(str, why.missed)))
    far = sum(not (why.fired or why.nearly) for why in whys)
    if far and not all_:
        print(f"{far} other{'s' if far > 1 else ''} did not come near; --all shows why.")


def _whys(house: House, item: Message | Thread | Event) -> list[Why]:
    from service.domain.items import Message, Thread
    from service.triage.circumstances import NONE
    from service.triage.explaining import explained
    from service.triage.judges import IsolatedJudges
    from service.triage.rules import fields_of

    kind = "slack" if isinstance(item, Thread) else "calendar"
    category, around = "", NONE
    if isinstance(item, Message):
        kind = house.triage.kinds.get(item.account, "")
        [case] = house.background.cases([item])
        [verdict] = IsolatedJudges(replace(house.triage, rules=()), house.isolated).judge([case])
        category, around = str(verdict.category), case[2]
    fields = fields_of(item, kind, category, around)
    return [explained(rule, fields) for rule in house.config.rules]


def _document(why: Why) -> dict[str, Any]:
    missed = [{"where": m.where, "wanted": m.wanted, "found": m.found} for m in why.missed]
    return {"rule": why.rule.name, "fired": why.fired, "nearly": why.nearly, "held": list(why.held), "missed": missed}


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return str(value) if value not in ("", None) else "none"


def _span(last: str) -> timedelta:
    found = SPAN.fullmatch(last.strip())
    if not found:
        wrong_usage(f"--last {last!r} is not a span. Write it like 12h, 30d or 4w.")
    return min(int(found[1][:9]) * UNITS[found[2]], LONGEST)
