"""A job that kills its worker, again and again: after the third time it is put aside in the open, and nobody else suffers."""

from __future__ import annotations

from sqlalchemy import select

from service.store import tables
from tests.e2e.chaos.rounds import Round, Scenario
from tests.e2e.chaos.verdict import Verdict, judge
from tests.e2e.driver import until

PATIENCE = 400.0  # seconds: each death waits for a lease, and each next reader for that of the account


def poisoned(at: Round) -> None:
    """One person's source kills whoever reads it, while others' occurrences go on."""
    poison = at.topology.folder / "poisoned"
    poison.touch()
    victims = at.release_of(at.topology.people[0], at.chance.randint(1, 2))
    others = [slot for someone in at.topology.people[1:] for slot in at.release_of(someone, 1)]
    o = tables.occurrence

    def over() -> bool:
        at.topology.revive()
        rows = {(r.person, r.cadence): r.state for r in at.topology.rows(select(o.c.person, o.c.cadence, o.c.state))}
        return all(rows.get(slot) == "ended" for slot in (*victims, *others))

    until(over, PATIENCE, at.topology.state)
    poison.unlink()
    at.seen["deaths"] = sum(member.lives - 1 for member in at.topology.members)
    at.poisoned.update(victims)


def _judged(at: Round) -> Verdict:
    """The poisoned ones are quarantined, and nothing else is; others are sent. One that waited for its account in vain, because
    whoever read it had died, goes out without that source.
    """
    verdict = judge(at.topology, frozenset({"sent", "failed"}), at.may_arrive)
    o = tables.occurrence
    quarantined = 0
    for row in at.topology.rows(select(o)):
        aside = row.outcome == "failed" and row.reason.startswith("quarantined")
        quarantined += aside
        if row.outcome != "sent" and not (aside and (row.person, row.cadence) in at.poisoned):
            verdict.unexplained.append(f"{row.person}/{row.cadence}: {row.outcome} {row.reason!r}")
    if not quarantined:
        verdict.unexplained.append("nothing was quarantined")
    at.seen["quarantined"] = quarantined
    return verdict


SCENARIOS = (
    Scenario(
        "poison",
        poisoned,
        ("embedded", "redis", "rabbit"),
        quick=1,
        round=10,
        judged=_judged,
        options={"poison": True},
        quick_on=("embedded", "redis"),
    ),
)
