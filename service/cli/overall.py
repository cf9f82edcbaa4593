"""`reveille status --all`: the whole ledger of a server in one screen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType

    from service.store import Store
    from service.store.canaries import Seen
    from service.store.figures import Named

GONE = 120.0  # seconds without a canary after which a process is taken to be


def overall(store: Store, now: datetime) -> dict[str, Any]:
    from service.store.canaries import Canaries
    from service.store.figures import Figures

    figures = Figures(store.database)
    waiting, sent = figures.open(now), figures.sent(now)
    count, quarantined = figures.quarantined(now)

    def ago(at: datetime | None) -> float | None:
        return round((now - at).total_seconds(), 1) if at else None

    return {
        "at": now.isoformat(timespec="seconds"),
        "due": waiting.due,
        "late": waiting.late,
        "running": waiting.running,
        "quarantined": count,
        "oldest_undelivered_seconds": ago(sent.oldest_due_at),
        "queues": [
            {"queue": name, "waiting": queue.waiting, "oldest_seconds": ago(queue.since)}
            for name, queue in sorted(waiting.queues.items())
        ],
        "deliveries": [
            {"channels": "loud" if loud else "quiet", "state": state, "count": n}
            for (loud, state), n in sorted(sent.deliveries.items())
        ],
        "under_way": [_under_way(row, now) for row in figures.running(now)],
        "in_quarantine": [_held(row) for row in quarantined],
        "sources": [
            {"kind": kind, "health": health, "count": n} for (kind, health), n in sorted(figures.sources(now).health.items())
        ],
        "processes": [
            _process(seen, now)
            for seen in Canaries(store.database, store.ledger).seen(now)
            if (now - seen.planned_at).total_seconds() < GONE
        ],
    }


def troubled(found: dict[str, Any]) -> bool:
    return bool(found["late"] or found["quarantined"])


def line(found: dict[str, Any]) -> str:
    undelivered = sum(d["count"] for d in found["deliveries"] if d["state"] in ("pending", "sending"))
    unread = sum(s["count"] for s in found["sources"] if s["health"] not in ("ok", "new"))
    return (
        f"{found['at']} due {found['due']} late {found['late']} running {found['running']} quarantined {found['quarantined']}"
        f" undelivered {undelivered} oldest {found['oldest_undelivered_seconds'] or 0:.0f}s"
        f" sources-not-read {unread} processes {len(found['processes'])}"
    )


def screen(found: dict[str, Any]) -> RenderableType:
    from rich.console import Group

    from service.cli.tables import table

    head = f"[bold]{found['at']}[/]  " + "  ".join(
        f"{name} [bold]{found[name]}[/]" for name in ("due", "late", "running", "quarantined")
    )
    oldest = found["oldest_undelivered_seconds"]
    undelivered = [f"oldest undelivered: due {oldest:.0f} s ago"] if oldest is not None else []
    unread = [s for s in found["sources"] if s["health"] not in ("ok", "new")]
    tables = (
        ("Waiting, by queue", found["queues"], ("queue", "waiting", "oldest_seconds")),
        ("Deliveries under way, or failed in the last seven days", found["deliveries"], ("channels", "state", "count")),
        ("Running", found["under_way"], ("id", "person", "job", "lease_left_seconds")),
        ("In quarantine", found["in_quarantine"], ("person", "job", "due", "retry")),
        ("Sources not read", unread, ("kind", "health", "count")),
        ("Clocks and workers that listen", found["processes"], ("process", "seen_seconds_ago", "ran_seconds_ago")),
    )
    return Group(head, *undelivered, *(table(*one) for one in tables if one[1]))


def _under_way(row: Named, now: datetime) -> dict[str, Any]:
    left = (row.lease_until - now).total_seconds() if row.lease_until else 0.0
    return {"id": row.id, "person": row.person, "job": row.job, "lease_left_seconds": round(left)}


def _held(row: Named) -> dict[str, Any]:
    due = row.due_at.isoformat(timespec="seconds")
    return {"id": row.id, "person": row.person, "job": row.job, "due": due, "retry": f"reveille retry {row.id}"}


def _process(seen: Seen, now: datetime) -> dict[str, Any]:
    """`ran_seconds_ago`: since a canary of its own ran end to end; None where none has."""
    return {
        "process": seen.process,
        "seen_seconds_ago": round((now - seen.planned_at).total_seconds()),
        "ran_seconds_ago": round((now - seen.ran_at).total_seconds()) if seen.ran_at else None,
    }
