"""Signing in to Microsoft by MSAL itself, on a fake Entra ID behind TLS."""

from __future__ import annotations

import re
import ssl
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from service.domain.credentials import Credential
from service.errors import AccessLost, Rejected, Unavailable
from service.integrations.microsoft.connect import Connect
from service.integrations.microsoft.login import Login
from service.integrations.microsoft.tokens import renewed
from service.integrations.outlook import Settings
from service.integrations.outlook.source import Outlook
from service.ports import Check, OneCredential
from service.store import EVERYBODY, Store, acting_as, fernet_key
from service.store.vault import PersonVault, Vault
from tests.builders import NOON
from tests.integration.source_contract import Kept, surroundings
from tests.live.fakes.certificates import certificate
from tests.live.fakes.entra import CLIENT, SECRET, TENANT, FakeEntra, Refused
from tests.live.fakes.graph import FakeGraph
from tests.live.microsoft_world import UNHURRIED
from tests.live.test_outlook import arrived, mime


@dataclass
class Asker:
    """A person who does what they are told, in a browser of their own."""

    entra: FakeEntra
    typed: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    answer: str = ""  # what the browser brings in place of what Entra says

    def say(self, text: str) -> None:
        self.said.append(text)

    def ask(self, question: str, default: str = "") -> str:
        self.said.append(question)
        return self.typed.pop(0) if self.typed else default

    def secret(self, question: str) -> str:
        return self.ask(question)

    def browse(self, url: str) -> bool:
        self.said.append(url)
        threading.Thread(target=self._visit, args=(url,), daemon=True).start()
        return True

    def _visit(self, url: str) -> None:
        tls = ssl.create_default_context(cafile=str(self.entra.certificate))
        with urllib.request.urlopen(url, context=tls) as page:
            form = page.read().decode()
        (to,) = re.findall(r'action="http://localhost(:\d+)"', form)
        brought = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        fields = self.answer.format(**brought) or urlencode(brought)
        urllib.request.urlopen(f"http://127.0.0.1{to}", data=fields.encode()).close()


@dataclass
class House:
    entra: FakeEntra
    graph: FakeGraph
    asker: Asker

    def given(self, **more: str) -> dict[str, str]:
        return {"client_id": CLIENT, "tenant": TENANT, "authority": self.entra.authority, "graph": self.graph.base, **more}

    def sign_in(self, acts: frozenset[str] = frozenset(), **more: str) -> Credential:
        connect = Connect()
        rights = connect.rights(frozenset({"outlook", "outlook_calendar"}), acts)
        return connect.sign_in(self.asker, self.given(**more), rights, lambda: NOON)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with FakeGraph() as graph, FakeEntra(tmp_path, graph.tokens) as entra:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(entra.certificate))
        yield House(entra, graph, Asker(entra))


def checked(credential: Credential) -> Check:
    at = replace(surroundings(Path()), account="microsoft", credentials=OneCredential("microsoft", credential))
    return Connect().check(at)


# --- signing in ------------------------------------------------------------------------------------------------------------------


def test_a_person_signs_in_with_a_browser(house: House) -> None:
    credential = house.sign_in()
    assert (credential.login, credential.vendor) == ("mara@keller.example", "microsoft")
    assert credential.scopes == ("Calendars.Read", "Mail.Read", "User.Read")
    assert credential.expires_at == NOON + timedelta(hours=1)
    check = checked(credential)
    assert (check.ok, check.says) == (True, "Microsoft, Mara Keller <mara@keller.example>")
    assert Connect().snippet("microsoft", credential) == "sources:\n  - {kind: outlook}\n  - {kind: outlook_calendar}"
    assert "login: work" in Connect().snippet("work", credential)
    assert "myapplications" in Connect().revoke(credential, lambda: NOON)


def test_a_person_signs_in_with_a_code_on_another_device(house: House) -> None:
    house.entra.pending = 1
    credential = house.sign_in(device="yes")
    assert credential.login == "mara@keller.example"
    assert any("KXJ7-QM" in said for said in house.asker.said)


def test_an_app_signs_in_with_its_secret(house: House) -> None:
    house.asker.typed = [SECRET]
    credential = house.sign_in(app="yes", mailbox=house.graph.address)
    assert (credential.login, credential.secrets["client_secret"]) == (house.graph.address, SECRET)
    assert checked(credential).says == f"Microsoft, the app may read {house.graph.address}"
    again = renewed(credential, lambda: NOON)
    assert again.secrets["access_token"] != credential.secrets["access_token"]


def test_an_app_signs_in_with_a_certificate(house: House, tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    public, private = certificate(tmp_path / "app")
    file = tmp_path / "app.pem"
    file.write_text(private.read_text() + public.read_text())
    credential = house.sign_in(certificate=str(file), mailbox=house.graph.address)
    file.unlink()
    assert renewed(credential, lambda: NOON).secrets["access_token"]
    assert house.entra.asked[-1]["client_assertion"]


def test_the_least_rights_are_asked_for_until_more_is_allowed() -> None:
    def scopes(kinds: set[str], *acts: str) -> set[str]:
        return {right.scope for right in Connect().rights(frozenset(kinds), frozenset(acts))}

    always = {"User.Read", "offline_access"}
    assert scopes({"outlook"}) == {"Mail.Read", *always}
    assert scopes({"outlook_calendar", "maildir"}) == {"Calendars.Read", *always}
    assert scopes(set()) == {"Mail.Read", "Calendars.Read", *always}
    assert scopes({"outlook", "outlook_calendar"}, "draft", "label") == {"Mail.ReadWrite", "Calendars.Read", *always}
    assert scopes({"outlook"}, "send") == {"Mail.Read", "Mail.Send", *always}
    assert scopes({"outlook_calendar"}, "event", "post") == {"Calendars.ReadWrite", *always}


# --- what goes wrong -----------------------------------------------------------------------------------------------------------


def test_a_person_who_declines_is_told_what_to_do(house: House) -> None:
    house.asker.answer = "error=access_denied&error_description=AADSTS65004%3A+declined&state={state}"
    with pytest.raises(AccessLost, match=r"declined.*and consent"):
        house.sign_in()


def test_an_answer_that_is_not_of_this_sign_in_is_refused(house: House) -> None:
    house.asker.answer = "code=stolen&state=of-somebody-else"
    with pytest.raises(AccessLost, match="not of this sign-in"):
        house.sign_in()
    assert house.entra.asked == []


def test_another_organisation_is_named_as_wrong(house: House) -> None:
    with pytest.raises(Rejected, match="tenant="):
        Connect().sign_in(house.asker, house.given(tenant="nowhere.example"), (), lambda: NOON)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        ("invalid_client", "7000222", "expired.*Certificates & secrets"),
        ("invalid_client", "7000218", "Allow public client flows"),
        ("interaction_required", "50076", "second factor.*reveille connect microsoft"),
        ("invalid_grant", "53003", "Conditional Access"),
        ("invalid_grant", "99999", "AADSTS99999.*reveille connect microsoft"),
    ],
)
def test_each_refusal_says_its_fix(house: House, error: str, code: str, words: str) -> None:
    credential = house.sign_in()
    house.entra.refused = Refused(error, code)
    with pytest.raises(AccessLost, match=words) as raised:
        renewed(credential, lambda: NOON)
    assert SECRET not in str(raised.value)


def test_an_entra_that_is_not_there_may_be_later(house: House) -> None:
    credential = house.sign_in()
    house.entra.refused = Refused("temporarily_unavailable", "90033")
    with pytest.raises(Unavailable):
        renewed(credential, lambda: NOON)
    away = replace(credential, about={**credential.about, "authority": "https://127.0.0.1:9/common"})
    with pytest.raises(Unavailable, match="can't be reached"):
        renewed(away, lambda: NOON)


def test_addresses_that_would_carry_tokens_in_the_clear_are_refused(house: House) -> None:
    for more in (
        {"graph": "http://graph.example"},
        {"authority": "http://login.example"},
        {"authority": "https://login.example", "graph": ""},
    ):
        with pytest.raises(Rejected):
            Connect().sign_in(house.asker, house.given(**more), (), lambda: NOON)


# --- renewing ----------------------------------------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def vault(new_store: Callable[..., Store]) -> PersonVault:
    store = new_store(keys=[fernet_key("a passphrase of a test")])
    return PersonVault(Vault(store.database, store.codec, lambda: datetime.now(UTC)), "mara")


def logins(vault: PersonVault, clock: Clock, count: int) -> list[Login]:
    return [Login(vault, "microsoft", clock) for _ in range(count)]


def together(*work: Callable[[], object]) -> None:
    def each(one: Callable[[], object]) -> None:
        with acting_as(EVERYBODY):
            one()

    threads = [threading.Thread(target=each, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_two_workers_one_renews_and_both_go_on(house: House, vault: PersonVault) -> None:
    clock = Clock()
    with acting_as(EVERYBODY):
        vault.vault.put("mara", "microsoft", house.sign_in())
    before = len(house.entra.asked)
    clock.now = NOON + timedelta(hours=2)
    said: list[Mapping[str, str]] = []
    together(*(lambda login=login: said.append(login.headers()) for login in logins(vault, clock, 4)))
    assert len(house.entra.asked) - before == 1
    assert len({str(one) for one in said}) == 1 != len(said)


def test_a_rotated_refresh_token_is_kept_before_it_is_used(house: House, vault: PersonVault) -> None:
    """Each is good once: the second renewal fails unless the first one's was kept."""
    clock = Clock()
    with acting_as(EVERYBODY):
        vault.vault.put("mara", "microsoft", house.sign_in())
        for hours in (2, 4, 6):
            clock.now = NOON + timedelta(hours=hours)
            (login,) = logins(vault, clock, 1)
            assert login.headers()["Authorization"].removeprefix("Bearer ") in house.graph.tokens
    assert house.entra.asked[-1]["grant_type"] == "refresh_token"


def test_a_token_that_graph_refuses_is_renewed_once(house: House, vault: PersonVault, tmp_path: Path) -> None:
    with acting_as(EVERYBODY):
        vault.vault.put("mara", "microsoft", house.sign_in())
        house.graph.mail.add(mime(1), arrived(1))
        house.graph.tokens.clear()
        before = len(house.entra.asked)
        source = Outlook(Settings(kind="outlook"), replace(surroundings(tmp_path), credentials=vault), UNHURRIED)
        assert len(Kept().sync(source).items) == 1
        assert len(house.entra.asked) - before == 1
        source.close()


def test_rights_that_were_taken_back_pause_the_account_and_say_so(house: House, vault: PersonVault, tmp_path: Path) -> None:
    with acting_as(EVERYBODY):
        vault.vault.put("mara", "microsoft", house.sign_in())
        house.entra.revoke()
        source = Outlook(Settings(kind="outlook"), replace(surroundings(tmp_path), credentials=vault), UNHURRIED)
        with pytest.raises(AccessLost, match=r"password was changed.*reveille connect microsoft"):
            Kept().sync(source)
        source.close()


def test_a_connection_that_is_not_there_says_how_to_make_it(vault: PersonVault, tmp_path: Path) -> None:
    with acting_as(EVERYBODY), pytest.raises(AccessLost, match="reveille connect microsoft --name work"):
        Outlook(Settings(kind="outlook", login="work"), replace(surroundings(tmp_path), credentials=vault))


def test_nothing_secret_is_said(house: House, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    credential = house.sign_in(frozenset({"draft", "send"}))
    fresh = renewed(credential, lambda: NOON)
    house.asker.typed = [SECRET]
    app = house.sign_in(app="yes", mailbox=house.graph.address)
    house.entra.revoke()
    with pytest.raises(AccessLost) as raised:
        renewed(fresh, lambda: NOON)
    out = "".join(capfd.readouterr())
    said = f"{out}{caplog.text}{house.asker.said}{credential!r}{fresh!r}{app!r}{raised.value!r}{raised.value.__cause__!r}"
    assert len(house.entra.handed_out) > 5
    for secret in house.entra.handed_out:
        assert secret not in said
