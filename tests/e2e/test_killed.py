"""Kill -9 at any moment: after the restart every occurrence ends exactly once, counted at the mail server by Message-ID."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.driver import Process, Reveille, until
from tests.e2e.post import PostOffice
from tests.e2e.workspace import a_workspace, config, receive, smtp

MORNING = {"morning": '{at: "03:00", days: daily, to: [inbox], audio: true}'}
STAGES: dict[str, str] = {
    "while it reads": "select 1 from account where lease_until is not null",
    "while it prepares": "select 1 from occurrence where state = 'preparing'",
    "once it is prepared": "select 1 from occurrence where state in ('prepared', 'delivering') and outcome is null",
    "before the first byte": "select 1 from delivery where state = 'sending'",
    "once it is sent": "select 1 from delivery where state = 'sent' and sent_at > datetime('now', '-2 seconds')",
}
ARRIVED, ANYWHERE = "after the last byte, before the 250", "anywhere"
SEED = 20261120


@pytest.mark.slow
def test_killed_anywhere_each_briefing_arrives_once(tmp_path: Path) -> None:
    """The mailbox proves arrival, so that even the one doubtful moment, after the 250 and before its mark, repeats nothing."""
    office = PostOffice(maildir=tmp_path / "mail")
    moments = [*STAGES, ARRIVED, ANYWHERE] * 3
    killed = killed_at(moments, office, tmp_path)
    assert set(office.ids.values()) == {1}, office.ids
    assert len(office.ids) == killed


@pytest.mark.slow
def test_killed_in_the_one_doubtful_moment_it_may_arrive_twice_where_nothing_proves_it(tmp_path: Path) -> None:
    office = PostOffice()
    killed = killed_at([ARRIVED, "while it prepares", ARRIVED], office, tmp_path)
    assert sorted(office.ids.values()) == [1] * (killed - 2) + [2, 2], "no third time, and none lost"


def killed_at(moments: list[str], office: PostOffice, folder: Path) -> int:
    """Kills one run a moment, then lets the last finish. How many briefings were asked for."""
    chance = random.Random(SEED)
    chance.shuffle(moments)
    with office.open() as port:
        reveille = a_workspace(folder, config(channels={"inbox": smtp(port)}, cadences=MORNING))
        for number, moment in enumerate(moments):
            receive(folder, f"Could you answer question {number} today?", subject=f"Question {number}")
            with reveille.started("run", "--once") as process:
                kill(process, reveille, office, moment, chance)
        with reveille.started("run") as process:
            until(lambda: all(state == "ended" for state, _ in reveille.ledger), 60, lambda: (reveille.ledger, process.state()))
            process.signal()
            assert process.ended(20).code == 0
    assert {outcome for _, outcome in reveille.ledger} == {"sent"}
    assert reveille.rows("select count(*) from delivery where state != 'sent'") == [(0,)]
    assert reveille.rows("pragma integrity_check") == [("ok",)]
    return len(reveille.ledger)


def kill(process: Process, reveille: Reveille, office: PostOffice, moment: str, chance: random.Random) -> None:
    if moment == ARRIVED:
        office.on_arrival = process.kill
        process.gone(30)
        office.on_arrival = lambda: None
        return
    if moment == ANYWHERE:
        time.sleep(chance.uniform(0.5, 3))
    else:
        seen = _sees(reveille, STAGES[moment])
        until(lambda: seen() or not process.is_running, 30, process.state)
        time.sleep(chance.uniform(0, 0.15))
    process.kill()


def _sees(reveille: Reveille, sql: str) -> Callable[[], bool]:
    return lambda: bool(reveille.rows(sql))
