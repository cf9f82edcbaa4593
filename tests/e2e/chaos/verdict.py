"""What the witness saw against what the ledger says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select

from service.store import tables
from tests.e2e.chaos.topology import Topology, slot_of

PROOF = "found where it was sent to"


@dataclass
class Verdict:
    """`doubtful`: attempts that may have arrived, by how they ended: found (the mailbox proved it), twice (sent again, and both
    arrived), unknown (a push that nobody can ask for). Everything else that arrived twice is a duplicate.
    """

    released: int = 0
    lost: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    unended: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=dict)
    doubtful: dict[str, int] = field(default_factory=dict)
    lateness: dict[str, float] = field(default_factory=dict)
    """Seconds from release to arrival: p50, p99, most."""

    @property
    def passes(self) -> bool:
        return not (self.lost or self.duplicates or self.unended or self.unexplained)

    def document(self) -> dict[str, Any]:
        return asdict(self) | {"passes": self.passes}


def judge(
    topology: Topology, may_end: frozenset[str] = frozenset({"sent"}), may_arrive: Mapping[str, int] | None = None
) -> Verdict:
    """`may_end`: outcomes that this fault allows. `may_arrive`: how often slots may that the fault left in the doubtful window
    where nothing proves their arrival; all others once.
    """
    may_arrive = may_arrive or {}
    verdict = Verdict(released=len(topology.released))
    o, d = tables.occurrence, tables.delivery
    arrivals = topology.witness.arrivals
    by_key = Counter(line["key"] for line in arrivals)
    by_slot = Counter((line["kind"], line["slot"]) for line in arrivals)
    rows = topology.rows(select(o))
    deliveries = topology.rows(select(d))
    of_slot: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        of_slot.setdefault((row.person, row.cadence), []).append(row)
    for slot in topology.released:
        mine = of_slot.get(slot, [])
        if len(mine) != 1:
            verdict.lost.append(f"{slot}: {len(mine)} occurrences")
    verdict.unended = [f"{r.person}/{r.cadence}: {r.state} {r.reason}" for r in rows if r.state != "ended"]
    verdict.outcomes = dict(Counter(r.outcome or r.state for r in rows))
    verdict.unexplained = [
        f"{r.person}/{r.cadence}: {r.outcome} {r.reason!r}"
        for r in rows
        if r.state == "ended" and (r.outcome not in may_end or (r.outcome != "sent" and not r.reason))
    ]
    for one in deliveries:
        kind, slot = one.channel.partition(" ")[0], slot_of(one.person, one.channel)
        key = f"<{one.key}@reveille.invalid>" if kind == "mail" else slot
        times, of_this = by_key[key], by_slot[kind, slot]
        if one.state == "sent" and times == 0:
            verdict.lost.append(f"{slot}: marked sent, never arrived")
        if one.state in {"failed", "skipped"} and times > 0:
            verdict.unexplained.append(f"{slot}: {one.state}, and yet it arrived: {one.error}")
        if max(times, of_this) > may_arrive.get(slot, 1):
            verdict.duplicates.append(f"{slot} × {of_this} ({key})")
    known = {f"<{one.key}@reveille.invalid>" for one in deliveries}
    verdict.duplicates += [f"{key}: not of the ledger" for key in by_key if key.startswith("<") and key not in known]
    verdict.doubtful = {
        "found": sum(one.receipt == PROOF for one in deliveries),
        "twice": sum(times > 1 for (_, slot), times in by_slot.items() if slot in may_arrive),
        "unknown": sum(one.state == "unknown" for one in deliveries),
    }
    verdict.lateness = _lateness(topology, arrivals)
    return verdict


def _lateness(topology: Topology, arrivals: list[dict[str, Any]]) -> dict[str, float]:
    """From release to the first arrival."""
    first: dict[tuple[str, str], float] = {}
    for line in arrivals:
        name, _, domain = line["slot"].partition("@")
        slot = (domain.removesuffix(".example"), name) if line["kind"] == "mail" else tuple(line["slot"].split("/", 1))
        first.setdefault(slot, line["at"])  # type: ignore[arg-type]
    late = sorted(first[slot] - at for slot, at in topology.released.items() if slot in first)
    if not late:
        return {}
    return {"p50": round(late[len(late) // 2], 2), "p99": round(late[int(len(late) * 0.99)], 2), "most": round(late[-1], 2)}
