"""Credentials are kept sealed, renewed once whoever needs it, and said nowhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from service.domain.credentials import Credential, Held
from service.errors import AccessLost, Unavailable
from service.settings.section import Secret, SecretUnreadable
from service.store import EVERYBODY, Store, acting_as, fernet_key, tables
from service.store.vault import PersonVault, Vault, open_vault
from tests.integration.surroundings import surroundings

NOW = datetime(2026, 11, 20, 6, 50, tzinfo=UTC)
KEY = fernet_key("a passphrase of a test")
TOKEN = "ya29.access-of-a-test"
GOOGLE = Credential("google", "mara@keller.example", ("mail.read",), {"access_token": TOKEN, "refresh_token": "1//first"})


@pytest.fixture
def vault(new_store: Callable[..., Store]) -> Vault:
    store = new_store(keys=[KEY])
    return Vault(store.database, store.codec, lambda: NOW)


def renewed(credential: Credential, token: str = "second") -> Credential:
    return replace(credential, secrets={"access_token": token, "refresh_token": f"1//{token}"})


def held(vault: Vault) -> Held:
    found = vault.get("mara", "google")
    assert found is not None
    return found


def test_what_is_put_comes_back_and_shows_no_secret(vault: Vault) -> None:
    vault.put("mara", "google", GOOGLE)
    assert held(vault).credential == GOOGLE
    (shown,) = vault.all("mara")
    assert (shown.name, shown.login, shown.scopes, shown.readable) == ("google", "mara@keller.example", ("mail.read",), True)
    assert TOKEN not in f"{held(vault)!r} {shown!r} {GOOGLE!r}"


def test_it_lies_encrypted(vault: Vault) -> None:
    vault.put("mara", "google", GOOGLE)
    with vault._database.read() as on:
        sealed = on.execute(select(tables.credential.c.sealed)).scalar_one()
    assert TOKEN.encode() not in sealed
    assert sealed[:1] == b"f"


def test_of_many_who_find_it_stale_one_renews(vault: Vault) -> None:
    vault.put("mara", "google", GOOGLE)
    stale, asked, got = held(vault), list[str](), list[Held]()
    begun = threading.Event()

    def how(credential: Credential) -> Credential:
        asked.append(credential.secrets["refresh_token"])
        begun.wait(1)
        return renewed(credential)

    def work() -> None:
        with acting_as(EVERYBODY):
            got.append(vault.renew("mara", "google", stale, how))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    begun.set()
    for thread in threads:
        thread.join(30)
    assert asked == ["1//first"]
    assert [one.credential.secrets["access_token"] for one in got] == ["second"] * 4
    assert held(vault).version == stale.version + 1


def test_who_comes_late_with_an_old_one_gets_the_new_one_without_asking(vault: Vault) -> None:
    vault.put("mara", "google", GOOGLE)
    stale = held(vault)
    vault.renew("mara", "google", stale, renewed)
    again = vault.renew("mara", "google", stale, lambda _: pytest.fail("asked the vendor again"))
    assert again.credential.secrets["refresh_token"] == "1//second"


def test_a_renewal_that_fails_leaves_it_to_the_next(vault: Vault) -> None:
    vault.put("mara", "google", GOOGLE)
    stale = held(vault)

    def away(_: Credential) -> Credential:
        raise Unavailable("the vendor is away")

    with pytest.raises(Unavailable, match="away"):
        vault.renew("mara", "google", stale, away)
    assert vault.renew("mara", "google", stale, renewed).credential.secrets["access_token"] == "second"


def test_whoever_died_in_the_middle_holds_it_up_for_a_minute_at_most(vault: Vault) -> None:
    vault.put("mara", "google", GOOGLE)
    stale = held(vault)
    assert vault._begin("mara", "google", stale.version)
    assert not vault._begin("mara", "google", stale.version)
    later = Vault(vault._database, vault._codec, lambda: NOW + timedelta(seconds=61))
    assert later.renew("mara", "google", stale, renewed).version == stale.version + 1


def test_signed_in_anew_while_the_old_one_is_renewed_the_new_one_stays(vault: Vault) -> None:
    vault.put("mara", "google", GOOGLE)
    stale, anew = held(vault), replace(GOOGLE, secrets={"access_token": "of the new sign-in"})

    def meanwhile(credential: Credential) -> Credential:
        vault.put("mara", "google", anew)
        return renewed(credential)

    with pytest.raises(AccessLost, match="made anew"):
        vault.renew("mara", "google", stale, meanwhile)
    assert held(vault).credential == anew


def test_taken_out_it_is_gone(vault: Vault) -> None:
    vault.put("mara", "google", GOOGLE)
    stale = held(vault)
    vault.remove("mara", "google")
    assert vault.get("mara", "google") is None
    with pytest.raises(AccessLost, match="reveille connect"):
        vault.renew("mara", "google", stale, renewed)


def test_another_key_opens_nothing_and_says_so(vault: Vault, tmp_path: Path) -> None:
    vault.put("mara", "google", GOOGLE)
    other = open_vault(vault._database, type(vault._codec)(), tmp_path / "vault.key", lambda: NOW, make=True)
    assert other is not None
    with pytest.raises(AccessLost, match="another key"):
        other.get("mara", "google")
    assert [shown.readable for shown in other.all("mara")] == [False]


def test_a_store_without_a_key_gets_one_for_credentials_alone(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "data" / "vault.key"
    assert open_vault(store.database, store.codec, file, lambda: NOW) is None
    made = open_vault(store.database, store.codec, file, lambda: NOW, make=True)
    assert made is not None
    made.put("mara", "imap", Credential("imap", secrets={"password": "a secret"}))
    assert file.stat().st_mode & 0o777 == 0o600
    again = open_vault(store.database, store.codec, file, lambda: NOW)
    assert again is not None
    assert held_secrets(again) == {"password": "a secret"}


def held_secrets(vault: Vault) -> Mapping[str, str]:
    found = vault.get("mara", "imap")
    assert found is not None
    return found.credential.secrets


def test_a_kept_secret_is_read_where_it_connects(vault: Vault, tmp_path: Path) -> None:
    vault.put("mara", "slack", Credential("slack", secrets={"token": "xoxp-1", "app_token": "xapp-2"}))
    at = surroundings(tmp_path, credentials=PersonVault(vault, "mara"))
    assert Secret(kept="slack").read(at) == "xoxp-1"
    assert Secret(kept="slack.app_token").read(at) == "xapp-2"
    with pytest.raises(SecretUnreadable, match="keeps no password: it keeps app_token, token"):
        Secret(kept="slack.password").read(at)
    with pytest.raises(SecretUnreadable, match="reveille connect"):
        Secret(kept="hubspot").read(at)


def test_each_person_has_their_own(vault: Vault) -> None:
    vault.put("mara", "google", GOOGLE)
    assert vault.get("noor", "google") is None
    if not vault._database.is_sqlite:
        with acting_as("noor"):
            assert vault.get("mara", "google") is None
