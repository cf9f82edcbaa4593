"""One id leads through the logs, from a cadence's time to the delivery."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.driver import until
from tests.e2e.workspace import a_workspace, config


@pytest.mark.slow
def test_a_morning_can_be_followed_by_its_id(tmp_path: Path) -> None:
    at = f"{datetime.now(UTC) + timedelta(seconds=68):%H:%M}"
    cadences = {"morning": f'{{at: "{at}", days: daily}}'}
    env = {"REVEILLE_LOG_JSON": "true", "REVEILLE_LOG_LEVEL": "debug"}
    reveille = a_workspace(tmp_path, config(cadences=cadences, zone="UTC"), **env)
    with reveille.started("run") as process:
        until(lambda: reveille.ledger == [("ended", "sent")], 150, process.state)
        process.signal()
        done = process.ended(20)
    ((id,),) = reveille.rows("select id from occurrence")
    lines = [json.loads(line) for line in done.err.splitlines() if line.startswith("{")]

    about = [line for line in lines if line.get("occurrence") == id or id in line.get("occurrences", ())]
    told = {(line["component"], line["event"]) for line in about}
    assert {("clock", "due"), ("sync", "synced"), ("runner", "prepared"), ("courier", "delivery"), ("runner", "ended")} <= told
    prepared = next(line for line in about if line["event"] == "prepared")
    assert prepared["cadence"] == "morning"
    work = [line for line in lines if line["component"] in {"worker", "runner", "courier", "sync"}]
    assert [line for line in work if line.get("occurrence") != id] == []
