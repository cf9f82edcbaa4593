"""Signing in to Google without a browser: the asker follows where the browser would go."""

from __future__ import annotations

import json
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from service.domain.credentials import Credential
from service.errors import AccessLost, Rejected, Unavailable
from service.integrations.gmail import Settings
from service.integrations.google.connect import Connect
from service.integrations.google.landing import Landing
from service.integrations.google.login import Login
from service.store import EVERYBODY, Store, acting_as
from service.store.codec import Codec
from service.store.vault import PersonVault, Vault
from tests.builders import NOON
from tests.integration.source_contract import surroundings
from tests.live.fakes.google import CLIENT, Google
from tests.live.google_world import Keeping, checked

AUTH = "https://www.googleapis.com/auth/"
BOTH = frozenset({"gmail", "google_calendar"})


@dataclass
class Person:
    """An asker who allows everything, or has no browser and pastes where the browser of another machine ended."""

    browser: bool = True
    answers: Callable[[str], str] = lambda _: ""
    said: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.said.append(text)

    def ask(self, question: str, default: str = "") -> str:
        self.said.append(question)
        return self.answers(self.url)

    def secret(self, question: str) -> str:
        raise AssertionError(f"no secret is asked for: {question}")

    def browse(self, url: str) -> bool:
        self.url = url
        if self.browser:
            with urllib.request.urlopen(url, timeout=10) as page:
                assert b"close this window" in page.read()
        return self.browser


class _Stop(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def redirected(url: str) -> str:
    """Where a browser would end up, without going there."""
    try:
        urllib.request.build_opener(_Stop).open(url, timeout=10).close()
    except urllib.error.HTTPError as answer:
        with answer:
            return str(answer.headers["Location"])
    raise AssertionError("no redirect")


@pytest.fixture
def google() -> Iterator[Google]:
    with Google() as google:
        yield google


@pytest.fixture
def given(google: Google, tmp_path: Path) -> Mapping[str, str]:
    file = tmp_path / "client.json"
    file.write_text(json.dumps(google.client_file()))
    return {"client": str(file), "endpoint": google.url}


def sign_in(
    given: Mapping[str, str], asker: Person | None = None, kinds: frozenset[str] = BOTH, acts: frozenset[str] = frozenset()
) -> Credential:
    way = Connect()
    return way.sign_in(asker or Person(), given, way.rights(kinds, acts), lambda: NOON)


def scopes(kinds: set[str], *acts: str) -> set[str]:
    return {right.scope.removeprefix(AUTH) for right in Connect().rights(frozenset(kinds), frozenset(acts))}


def test_the_least_rights_until_more_is_allowed() -> None:
    assert scopes({"gmail", "google_calendar", "maildir"}) == {"gmail.readonly", "calendar.readonly"}
    assert scopes({"maildir"}) == {"gmail.readonly", "calendar.readonly"}, "a config without either gets both"
    assert scopes({"gmail"}, "draft") == {"gmail.readonly", "gmail.compose"}
    assert scopes({"gmail"}, "send") == {"gmail.readonly", "gmail.send"}
    assert scopes({"gmail"}, "label", "draft", "send") == {"gmail.modify"}
    assert scopes({"google_calendar"}, "event", "send") == {"calendar.readonly", "calendar.events"}


def test_a_person_signs_in_by_their_browser(google: Google, given: Mapping[str, str]) -> None:
    credential = sign_in(given)
    assert (credential.vendor, credential.login) == ("google", "mara@keller.example")
    assert set(credential.scopes) == {f"{AUTH}gmail.readonly", f"{AUTH}calendar.readonly"}
    assert set(credential.secrets) == {"access_token", "refresh_token", "client_secret"}
    assert credential.about == {"client_id": CLIENT["client_id"], "token_uri": f"{google.url}/token", "endpoint": google.url}
    assert checked(credential).says == "Google knows you as mara@keller.example"
    assert not any(secret in repr(credential) for secret in credential.secrets.values())


def test_a_calendar_alone_tells_who_it_is(given: Mapping[str, str]) -> None:
    assert sign_in(given, kinds=frozenset({"google_calendar"})).login == "mara@keller.example"


def test_without_a_browser_the_last_address_is_pasted(given: Mapping[str, str]) -> None:
    assert sign_in(given, Person(browser=False, answers=redirected)).login == "mara@keller.example"


def test_an_address_of_another_sign_in_is_refused(given: Mapping[str, str]) -> None:
    with pytest.raises(AccessLost, match="another sign-in"):
        sign_in(given, Person(browser=False, answers=lambda _: "http://127.0.0.1:1/?state=other&code=4/abc"))


def test_a_box_that_was_not_ticked_is_named(google: Google, given: Mapping[str, str]) -> None:
    google.oauth.unticked = frozenset({f"{AUTH}calendar.readonly"})
    with pytest.raises(AccessLost, match=r"not allowed .*calendar\.readonly: .*every box"):
        sign_in(given)


def test_a_refusal_names_the_test_users(google: Google, given: Mapping[str, str]) -> None:
    google.oauth.refuses = "access_denied"
    with pytest.raises(AccessLost, match=r"access_denied.*test user"):
        sign_in(given)


def test_a_client_that_was_deleted_is_told(google: Google, given: Mapping[str, str], tmp_path: Path) -> None:
    said = google.client_file()
    said["installed"]["client_secret"] = "GOCSPX-an-older-one"
    (tmp_path / "old.json").write_text(json.dumps(said))
    with pytest.raises(AccessLost, match="client's file is current"):
        sign_in({**given, "client": str(tmp_path / "old.json")})


@pytest.mark.parametrize(
    ("said", "fix"),
    [
        ('{"web": {"client_id": "x"}}', "Desktop app"),
        ('{"type": "service_account"}', "service_account=FILE"),
        ("[]", "download"),
        ("not json", "download"),
        ('{"installed": {"client_id": 3}}', "download"),
    ],
)
def test_another_file_is_no_client(tmp_path: Path, said: str, fix: str) -> None:
    (tmp_path / "file.json").write_text(said)
    with pytest.raises(Rejected, match=fix):
        sign_in({"client": str(tmp_path / "file.json")})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"client\.json can't be read"):
        sign_in({"client": str(tmp_path / "client.json")})


def test_the_landing_takes_nothing_but_an_answer() -> None:
    with Landing() as landing:
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(f"{landing.url}favicon.ico", timeout=10)
        raised.value.close()
        assert landing.wait(0.01) is None


def test_nobody_answers(given: Mapping[str, str]) -> None:
    way = Connect(patience=0.01)
    with pytest.raises(Unavailable, match="nobody answered"):
        way.sign_in(Person(browser=False), given, way.rights(BOTH, frozenset()), lambda: NOON)


# --- afterwards ----------------------------------------------------------------------------------------------------------------


def test_revoked_access_is_gone_and_can_not_be_revoked_twice(given: Mapping[str, str]) -> None:
    credential = sign_in(given)
    assert "taken the access back" in Connect().revoke(credential, lambda: NOON)
    assert "did not know" in Connect().revoke(credential, lambda: NOON)
    check = checked(replace(credential, expires_at=NOON))
    assert (check.ok, "invalid_grant" in check.says, "reveille connect google" in check.fix) == (False, True, True)


def test_the_lines_of_the_config(given: Mapping[str, str], google: Google) -> None:
    credential = sign_in(given, kinds=frozenset({"gmail"}))
    plain = replace(credential, about={})
    assert Connect().snippet("google", plain) == "sources:\n  - {kind: gmail}"
    assert Connect().snippet("work", plain) == "sources:\n  - {kind: gmail, login: work}"
    assert f"endpoint: {google.url}" in Connect().snippet("google", credential)


def test_two_who_find_a_token_stale_refresh_it_once_and_it_is_stored_before_use(
    given: Mapping[str, str], google: Google, store: Store
) -> None:
    vault = Vault(store.database, Codec([Fernet.generate_key().decode()]), lambda: NOON)
    with acting_as(EVERYBODY):
        vault.put("mara", "google", replace(sign_in(given), expires_at=NOON))
    used: list[str] = []

    def work() -> None:
        with acting_as(EVERYBODY):
            used.append(Login("google", PersonVault(vault, "mara"), lambda: NOON).headers()["Authorization"])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with acting_as(EVERYBODY):
        held = vault.get("mara", "google")
    assert held
    assert google.oauth.refreshes == 1
    assert set(used) == {f"Bearer {held.credential.secrets['access_token']}"}


def test_nothing_secret_is_ever_logged(
    given: Mapping[str, str], google: Google, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    credential = sign_in(given)
    google.mail.put(b"Subject: x\r\n\r\nconfidential words\r\n")
    keeping = Keeping(replace(credential, expires_at=NOON))
    at = replace(surroundings(tmp_path), credentials=keeping)
    list(Settings(kind="gmail", endpoint=google.url).connect(at).pages(None, {}))
    Connect().revoke(credential, lambda: NOON)
    with pytest.raises(AccessLost) as raised:
        list(Settings(kind="gmail", endpoint=google.url).connect(at).pages(None, {}))
    said = caplog.text + "".join(map(repr, (raised.value, raised.value.__cause__, raised.value.__context__)))
    secrets = {*credential.secrets.values(), *keeping.held.credential.secrets.values(), "confidential words"}
    assert not [secret for secret in secrets if secret in said]


# --- service accounts ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def robot(google: Google, key: rsa.RSAPrivateKey, tmp_path: Path) -> Mapping[str, str]:
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    email = "reveille@project.iam.gserviceaccount.com"
    google.oauth.robots[email] = public.decode()
    said = {
        "type": "service_account",
        "client_email": email,
        "client_id": "107",
        "private_key": private.decode(),
        "private_key_id": "k1",
        "token_uri": f"{google.url}/token",
    }
    (tmp_path / "key.json").write_text(json.dumps(said))
    return {"service_account": str(tmp_path / "key.json"), "subject": "mara@keller.example", "endpoint": google.url}


def test_a_service_account_reads_for_its_people(google: Google, robot: Mapping[str, str], tmp_path: Path) -> None:
    google.oauth.delegated = frozenset({f"{AUTH}gmail.readonly", f"{AUTH}calendar.readonly"})
    credential = sign_in(robot)
    assert (credential.login, checked(credential).ok) == ("mara@keller.example", True)
    google.mail.put(b"Subject: x\r\n\r\nwords\r\n")
    keeping = Keeping(replace(credential, expires_at=NOON))
    at = replace(surroundings(tmp_path), credentials=keeping)
    pages = list(Settings(kind="gmail", endpoint=google.url).connect(at).pages(None, {}))
    assert (sum(len(page.changes) for page in pages), keeping.held.version) == (1, 2)
    assert "Admin console" in Connect().revoke(credential, lambda: NOON)


def test_a_service_account_without_delegation_says_where_to_delegate(robot: Mapping[str, str]) -> None:
    with pytest.raises(AccessLost, match=r"unauthorized_client.*Domain-wide delegation"):
        sign_in(robot)


@pytest.mark.parametrize(
    ("change", "fix"), [({"subject": ""}, "subject=ADDRESS"), ({"service_account": "/nowhere.json"}, "can't be read")]
)
def test_what_is_missing_for_a_service_account_is_said(robot: Mapping[str, str], change: Mapping[str, str], fix: str) -> None:
    with pytest.raises(Rejected, match=fix):
        sign_in({**robot, **change})
