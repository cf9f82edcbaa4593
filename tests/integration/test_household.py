"""From a config file to who gets what: channels that a cadence does not name, and those who read along."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.bootstrap import House, open_house
from service.settings.server import load_server

CONFIG = """
me:
  name: Mara Keller
  emails: [mara@keller.example]
  timezone: Europe/Zurich
  reads_too: [assistant@keller.example]
channels:
  inbox: {kind: email, to: mara@keller.example, smtp: {host: localhost}}
  %s
cadences:
  morning: {at: "07:00"}
  meetings: {brief: 4h}
  triage: {every: 5m}
"""
PHONE = "phone: {kind: push, url: {env: PUSH_URL}}"


@pytest.fixture
def house(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("PUSH_URL", "ntfy://localhost/mara")
    file = tmp_path / "reveille.yaml"
    file.write_text(CONFIG % request.param)
    with open_house(load_server(file)) as house:
        yield house


def channels_of(house: House, cadence: str) -> tuple[str, ...]:
    found = house.household.cadence(cadence)
    assert found is not None
    return found.to


@pytest.mark.parametrize("house", [PHONE], indirect=True)
def test_a_cadence_without_channels_goes_to_those_that_suit_it(house: House) -> None:
    along = "reader assistant@keller.example"
    assert channels_of(house, "morning") == ("inbox", along)
    assert channels_of(house, "meetings") == ("inbox", "phone", along)
    assert channels_of(house, "triage") == ("phone", along)


@pytest.mark.parametrize("house", [""], indirect=True)
def test_alerts_with_no_channel_that_interrupts_go_to_nobody(house: House) -> None:
    assert channels_of(house, "triage") == ()
