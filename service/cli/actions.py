"""`reveille actions` and `undo`: what may be done by which source, what was done, and how to take it back."""

from __future__ import annotations

import json as jsons
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.edge import failed, wrong_usage
from service.cli.opening import opened
from service.cli.proposals import SHORT

if TYPE_CHECKING:
    from service.bootstrap import House
    from service.domain.proposals import Act

HISTORY = timedelta(days=30)


def actions(
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How far back the history goes.")] = HISTORY.days,
) -> None:
    """What may be done by which source and with which rights, and what was done."""
    with opened() as house:
        now = house.clock()
        offered = _offered(house)
        done = [_row(house, act) for act in house.store.acts.since(house.config.person.id, now - timedelta(days=days), now)]
    if json:
        print(jsons.dumps({"may": offered, "done": done}, ensure_ascii=False, indent=1))
        return
    from rich.console import Console

    from service.cli.tables import table

    console = Console()
    if offered:
        console.print(table("May be done, by your yes or a rule's", offered, ("account", "actions", "rights")))
    else:
        console.print("Nothing may be done: no source in the config has `allow` (docs/actions.md).")
    if done:
        shown = [{**row, "id": row["id"][:SHORT], "what": row["receipt"] or row["error"]} for row in done]
        console.print(table("Done", shown, ("begun", "id", "action", "account", "by", "state", "what")))


def undo(id: Annotated[str, typer.Argument(help="As `reveille actions` shows it; its beginning is enough.")]) -> None:
    """Take back what was done, where the vendor has a way."""
    from service.errors import ExternalError

    with opened() as house:
        act = _meant(house, id)
        try:
            _, said = house.acting.undo(act)
        except ExternalError as error:
            failed(f"not taken back: {error}")
    print(f"Taken back: {said}.")


def _meant(house: House, id: str) -> Act:
    found = house.store.approvals.called(house.config.person.id, id.strip()) if id.strip() else ()
    acts = [act for act in (house.store.acts.get(one.id) for one in found) if act is not None]
    if len(found) > 1:
        wrong_usage(f"several begin with {id!r}: write more of it. `reveille actions` says what was done.")
    if not acts:
        wrong_usage(f"nothing was done under {id!r}. `reveille actions` says what was.")
    return acts[0]


def _row(house: House, act: Act) -> dict[str, Any]:
    zone = house.config.person.zone
    return {
        "id": act.proposal,
        "action": act.tool,
        "account": act.account,
        "by": act.by,
        "state": act.state.value,
        "begun": act.begun_at.astimezone(zone).isoformat(timespec="seconds"),
        "receipt": act.receipt.says if act.receipt else "",
        "url": act.receipt.url if act.receipt else "",
        "undo": bool(act.receipt and act.receipt.undo),
        "error": act.error,
    }


def _offered(house: House) -> list[dict[str, Any]]:
    from service.cli.rights import given

    found = []
    for name, tools in house.offers.items():
        rights = given(house, name)
        said = "" if rights is None else "given" if rights.ok else f"{rights.says}; {rights.fix}"
        found.append({"account": name, "actions": ", ".join(sorted(tools)), "rights": said})
    return found
