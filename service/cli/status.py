"""`reveille status`: the ledger in one screen."""

from __future__ import annotations

import json as jsons
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.edge import FAILED
from service.cli.opening import opened

if TYPE_CHECKING:
    from service.bootstrap import House
    from service.domain.ledger import Occurrence

FAILURES_OF = timedelta(days=7)


def status(json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """What ran, what comes next, what failed, and how the sources are.

    Exit code 1 where something failed in the last seven days or a source can't be read.
    """
    with opened() as house:
        found = _status(house)
    if json:
        print(jsons.dumps(found, ensure_ascii=False, indent=2))
    else:
        _show(found)
    if found["failures"] or any(s["health"] not in ("ok", "new") for s in found["sources"]):
        raise typer.Exit(FAILED)


def _status(house: House) -> dict[str, Any]:
    person, now, store = house.config.person, house.clock(), house.store
    zone = person.zone
    failed = store.deliveries.failures(person.id, now - FAILURES_OF)
    return {
        "person": person.name,
        "at": now.astimezone(zone).isoformat(timespec="seconds"),
        "last": [_row(o, zone) for o in store.ledger.recent(person.id, 12)],
        "open": [_row(o, zone) for o in store.ledger.open(person.id)],
        "next": _next(house, now),
        "proposals": [
            {
                "tool": p.tool,
                "arguments": p.arguments,
                "why": p.why,
                "proposed_at": p.proposed_at.astimezone(zone).isoformat(timespec="seconds"),
            }
            for p in store.approvals.waiting(person.id)
        ],
        "failures": [
            {"channel": d.channel, "state": d.state.value, "error": d.error, "occurrence": d.occurrence} for d in failed
        ],
        "sources": [
            {
                "name": a.name,
                "kind": a.kind,
                "health": a.health.value,
                "read_at": a.read_at.astimezone(zone).isoformat(timespec="seconds") if a.read_at else None,
                "items": a.items,
                "problems": [f"{p.where}: {p.what}" for p in a.problems],
                "error": a.error,
            }
            for a in store.accounts.all(person.id)
        ],
    }


def _next(house: House, now: datetime) -> Sequence[dict[str, Any]]:
    zone = house.config.person.zone
    rows = []
    for name, due_at in house.planner.upcoming(house.config.person, house.cadences.values(), now):
        rows.append({"cadence": name, "due": due_at.astimezone(zone).isoformat(timespec="seconds")})
    return rows


def _row(occurrence: Occurrence, zone: Any) -> dict[str, Any]:
    local = {
        name: at.astimezone(zone).isoformat(timespec="seconds") if at else None
        for name, at in (("due", occurrence.due_at), ("ended", occurrence.ended_at))
    }
    return {
        "id": occurrence.id,
        "cadence": occurrence.cadence,
        "slot": occurrence.slot,
        "subject": occurrence.subject,
        "state": occurrence.state.value,
        "outcome": occurrence.outcome.value if occurrence.outcome else None,
        "reason": occurrence.reason,
        **local,
    }


def _show(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    console.print(f"[bold]{escape(found['person'])}[/], {found['at']}")
    for title, rows, columns in (
        ("Last", found["last"], ("due", "cadence", "slot", "outcome", "reason")),
        ("Under way", found["open"], ("due", "cadence", "slot", "state", "reason")),
        ("Next", found["next"], ("due", "cadence")),
        ("Proposed, waiting for a connection that can do it", found["proposals"], ("proposed_at", "tool", "arguments", "why")),
        ("Failed deliveries", found["failures"], ("channel", "state", "error")),
        ("Sources", found["sources"], ("name", "health", "read_at", "items", "error")),
    ):
        if rows:
            table = Table(title=title, title_justify="left", box=None, pad_edge=False, title_style="bold")
            for column in columns:
                table.add_column(column.replace("_", " "), overflow="fold")
            for row in rows:
                table.add_row(*(escape(str(row[c] if row[c] is not None else "")) for c in columns))
            console.print(table)
    for source in found["sources"]:
        for problem in source["problems"][:5]:
            console.print(f"  [yellow]could not be read[/] {escape(source['name'])}: {escape(problem)}")
