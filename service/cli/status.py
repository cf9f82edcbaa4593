"""`reveille status`: the ledger in one screen."""

from __future__ import annotations

import json as jsons
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.connect import doorbell
from service.cli.edge import FAILED
from service.cli.opening import opened

if TYPE_CHECKING:
    from rich.console import RenderableType

    from service.bootstrap import House
    from service.domain.ledger import Occurrence

FAILURES_OF = timedelta(days=7)


def status(
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    everybody: Annotated[bool, typer.Option("--all", help="Of a whole server: its people, queues, clocks and workers.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Again and again, until Ctrl-C.")] = False,
    every: Annotated[float, typer.Option("--every", min=0.2, max=3600, help="Seconds between two looks of --watch.")] = 2.0,
) -> None:
    """What ran, what comes next, what failed, and how the sources are.

    Exit code 1 where something failed in the last seven days or a source can't be read; with --all where something is late or in
    quarantine; with --watch never.
    """
    bad = _of_all(json=json, again=watch, every=every) if everybody else _of_one(json=json, again=watch, every=every)
    if bad:
        raise typer.Exit(FAILED)


def _of_one(*, json: bool, again: bool, every: float) -> bool:
    from service.cli.watching import watch

    with opened() as house:
        if again:
            watch(lambda: _status(house), None if json else _screen, _jsoned if json else _line, every)
            return False
        found = _status(house)
    _print(found, _screen, json=json)
    return bool(found["failures"]) or any(s["health"] not in ("ok", "new") for s in found["sources"])


def _of_all(*, json: bool, again: bool, every: float) -> bool:
    from service.bootstrap import open_server_store
    from service.cli.overall import line, overall, screen, troubled
    from service.cli.watching import watch
    from service.logs import configure
    from service.settings.server import load_server
    from service.store import shared_time

    server = load_server()
    configure(level="error", as_json=server.log_json)
    store = open_server_store(server)
    try:
        now = shared_time(store.database)
        if again:
            watch(lambda: overall(store, now()), None if json else screen, _jsoned if json else line, every)
            return False
        found = overall(store, now())
    finally:
        store.close()
    _print(found, screen, json=json)
    return troubled(found)


def _jsoned(found: dict[str, Any]) -> str:
    return jsons.dumps(found, ensure_ascii=False)


def _print(found: dict[str, Any], screen: Callable[[dict[str, Any]], RenderableType], *, json: bool) -> None:
    if json:
        print(jsons.dumps(found, ensure_ascii=False, indent=2))
        return
    from rich.console import Console

    Console().print(screen(found))


def _status(house: House) -> dict[str, Any]:
    from service.store.figures import Figures

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
                "id": p.id,
                "tool": p.tool,
                "arguments": p.arguments,
                "why": p.why,
                "proposed_at": p.proposed_at.astimezone(zone).isoformat(timespec="seconds"),
            }
            for p in store.approvals.waiting(person.id, now)
        ],
        "failures": [
            {"channel": d.channel, "state": d.state.value, "error": d.error, "occurrence": d.occurrence} for d in failed
        ],
        "quarantined": [
            {
                "id": row.id,
                "job": row.job,
                "due": row.due_at.astimezone(zone).isoformat(timespec="seconds"),
                "reason": row.reason,
                "retry": f"reveille retry {row.id}",
            }
            for row in Figures(store.database).quarantined(now, person=person.id)[1]
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
                "doorbell": doorbell(a, now),
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


def _line(found: dict[str, Any]) -> str:
    unread = sum(source["health"] not in ("ok", "new") for source in found["sources"])
    coming = found["next"][0] if found["next"] else None
    words = f"{found['at']} under-way {len(found['open'])} failed-deliveries {len(found['failures'])}"
    words += f" quarantined {len(found['quarantined'])} sources-not-read {unread}"
    return words + (f" next {coming['cadence']} {coming['due']}" if coming else "")


def _screen(found: dict[str, Any]) -> RenderableType:
    from rich.console import Group
    from rich.markup import escape

    from service.cli.tables import cell, table

    tables = (
        ("Last", found["last"], ("due", "cadence", "slot", "outcome", "reason")),
        ("Under way", found["open"], ("due", "cadence", "slot", "state", "reason")),
        ("Next", found["next"], ("due", "cadence")),
        ("Proposed, waiting for your yes: reveille proposals", found["proposals"], ("proposed_at", "tool", "arguments", "why")),
        ("Failed deliveries", found["failures"], ("channel", "state", "error")),
        ("In quarantine: three workers ended with it", found["quarantined"], ("due", "job", "retry")),
        ("Sources", found["sources"], ("name", "health", "read_at", "items", "doorbell", "error")),
    )
    problems = [
        f"  [yellow]could not be read[/] {escape(source['name'])}: {escape(problem)}"
        for source in found["sources"]
        for problem in source["problems"][:5]
    ]
    head = f"[bold]{escape(found['person'])}[/], {cell(found['at'])}"
    return Group(head, *(table(*one) for one in tables if one[1]), *problems)
