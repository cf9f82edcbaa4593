"""A backup put back after the service went on: the copy says nothing that was said already."""

from __future__ import annotations

import shutil
from collections import Counter

from sqlalchemy import select

from service.store import tables
from tests.e2e.chaos.rounds import Round, Scenario
from tests.e2e.chaos.verdict import Verdict, judge
from tests.e2e.driver import Reveille

SILENT = "restored from a backup"


def restored(at: Round) -> None:
    """Backed up while it works, gone on with, ended somehow, and put back."""
    home, backup = at.topology.folder, at.topology.folder / "backup"
    reveille = Reveille(home)
    (member,) = at.topology.members
    at.release()
    at.pause(0, 1.5)
    done = reveille("backup", backup, timeout=180)
    assert done.code == 0, done
    later = at.release()
    at.pause(0, 3)
    if at.chance.random() < 0.5:
        at.kill(member)
    else:
        member.stop()
    shutil.rmtree(home / ".reveille")
    done = reveille("restore", backup, timeout=180)
    assert done.code == 0, done
    at.topology.revive()
    at.pause(1, 2)
    # What the old service planned after the backup is planned by the new one too, as after any hours without a clock.
    at.topology.release(later)
    at.pause(0, 1)


def _judged(at: Round) -> Verdict:
    """What may have gone out ends as unknown or skipped, and says why. What went out after the backup the copy knows nothing of."""
    verdict = judge(at.topology, frozenset({"sent", "unknown", "skipped"}), at.may_arrive)
    arrived = Counter(line["slot"] for line in at.witness.arrivals)
    verdict.duplicates = [f"{slot} × {times}" for slot, times in arrived.items() if times > 1]
    o = tables.occurrence
    for row in at.topology.rows(select(o).where(o.c.outcome.in_(("unknown", "skipped")))):
        if SILENT not in row.reason:
            verdict.unexplained.append(f"{row.person}/{row.cadence}: {row.outcome} {row.reason!r}")
        at.seen["silent"] += 1
    return verdict


SCENARIOS = (Scenario("backup restored", restored, judged=_judged, round=10, quick=1),)
