"""The store's key in the keyring of the operating system."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest
from typer.testing import CliRunner

from service.cli.keys import keys
from service.errors import ConfigError
from service.settings.server import load_server

ENTRY = "reveille/store"


class Held(keyring.backend.KeyringBackend):
    """A keyring that forgets with the test."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise keyring.errors.KeyringLocked("it is locked")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Held]:
    before, held = keyring.get_keyring(), Held()
    keyring.set_keyring(held)
    monkeypatch.chdir(tmp_path)
    yield held
    keyring.set_keyring(before)


def complaint() -> str:
    with pytest.raises(ConfigError) as raised:
        load_server()
    (said,) = raised.value.complaints
    return f"{said.field}: {said.problem}. {said.fix}"


def test_a_key_is_made_into_the_ring_and_taken_from_there(ring: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    made = CliRunner().invoke(keys, ["new", "--ring", ENTRY])
    assert made.exit_code == 0, made.output
    (key,) = ring.entries.values()
    assert key not in made.output
    monkeypatch.setenv("REVEILLE_KEY_RING", ENTRY)
    server = load_server()
    assert server.key is not None
    assert server.key.get_secret_value() == key
    assert key not in repr(server)


def test_an_entry_that_is_there_stays(ring: Held) -> None:
    ring.entries["reveille", "store"] = "a key that something is sealed with"
    refused = CliRunner().invoke(keys, ["new", "--ring", ENTRY])
    assert refused.exit_code != 0
    assert list(ring.entries.values()) == ["a key that something is sealed with"]


def test_what_is_wrong_with_the_ring_is_said_with_its_fix(ring: Held, tmp_path: Path) -> None:
    (tmp_path / "server.yaml").write_text(f"key_ring: {ENTRY}\n")
    assert complaint() == f"key_ring: the keyring has no {ENTRY}. Put one there: reveille keys new --ring {ENTRY}"
    ring.entries["reveille", "store"] = "short"
    assert "too short" in complaint()
    ring.locked = True
    assert "Unlock it" in complaint()


def test_without_the_package_it_says_what_to_install(ring: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVEILLE_KEY_RING", ENTRY)
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "make extras EXTRAS=keyring" in complaint()


def test_one_place_for_the_key_is_enough(ring: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVEILLE_KEY_RING", ENTRY)
    monkeypatch.setenv("REVEILLE_KEY", "a key of sixteen characters")
    assert "Keep one of REVEILLE_KEY and REVEILLE_KEY_RING" in complaint()
