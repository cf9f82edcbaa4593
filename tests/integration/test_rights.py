"""What a config allows beside what its connections were given, and what can then be done by whom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.bootstrap import House, open_house
from service.cli.rights import given
from service.domain.credentials import Credential
from service.settings.server import load_server

CONFIG = """
me: {name: Mara Keller, emails: [mara@keller.example], timezone: Europe/Zurich}
sources:
  - {kind: gmail, allow: [draft]}
  - {kind: google_calendar}
  - {kind: outlook, login: work, allow: [label]}
  - {kind: slack, token: {kept: slack}, allow: [post]}
  - {kind: caldav, name: cal, url: "https://cal.example/", user: mara, password: {kept: cal}, allow: [event]}
"""
READ, COMPOSE, MODIFY = (f"https://www.googleapis.com/auth/gmail.{word}" for word in ("readonly", "compose", "modify"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    file = tmp_path / "reveille.yaml"
    file.write_text(CONFIG)
    with open_house(load_server(file)) as house:
        yield house


def keep(house: House, name: str, vendor: str, *scopes: str) -> None:
    vault = house.vault(make=True)
    assert vault
    vault.put(house.config.person.id, name, Credential(vendor, "mara", scopes, {"token": "x"}))


def test_only_what_the_config_allows_is_offered(house: House) -> None:
    assert house.offers == {
        "gmail": {"mail.draft"},
        "outlook work": {"mail.label", "mail.flag"},
        "slack": {"chat.post"},
        "cal": {"calendar.event"},
    }
    assert set(house.acting.hands) == set(house.offers)


@pytest.mark.parametrize(
    ("scopes", "ok"), [((READ,), False), ((READ, COMPOSE), True), ((MODIFY,), True), ((COMPOSE,), False), ((), None)]
)
def test_a_right_for_more_stands_in_for_one_for_less(house: House, scopes: tuple[str, ...], ok: bool | None) -> None:
    assert given(house, "gmail") is None, "nothing is connected yet"
    keep(house, "google", "google", *scopes)
    check = given(house, "gmail")
    assert (check.ok if check else None) is ok
    if check and not ok and READ in scopes:
        assert COMPOSE in check.says
        assert "`reveille connect google` again" in check.fix


def test_each_connection_is_asked_for_its_own(house: House) -> None:
    keep(house, "google", "google", MODIFY)
    keep(house, "work", "microsoft", "https://graph.microsoft.com/Mail.Read", "User.Read")
    keep(house, "slack", "slack")
    check = given(house, "outlook work")
    assert check
    assert (check.ok, "Mail.ReadWrite" in check.says, "--name work" in check.fix) == (False, True, True)
    assert given(house, "slack") is None
    keep(house, "work", "microsoft", "https://graph.microsoft.com/Mail.ReadWrite", "User.Read", "openid")
    check = given(house, "outlook work")
    assert check
    assert check.ok
