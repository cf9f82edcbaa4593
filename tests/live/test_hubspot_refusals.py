"""What HubSpot refuses, and what a person is told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from service.errors import AccessLost, ExternalError, Unavailable
from service.integrations.hubspot import Settings
from service.integrations.hubspot.api import Paces
from service.integrations.hubspot.signing import SignIn
from service.ports import OneCredential
from tests.integration.source_contract import Kept, surroundings
from tests.live.contract import MANY
from tests.live.fakes.hubspot import SCOPES
from tests.live.hubspot_world import HubSpotWorld, a_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[HubSpotWorld]:
    with a_world(tmp_path) as world:
        world.fill(3)
        yield world


def refused(world: HubSpotWorld, error: type[ExternalError], said: str, **fault: Any) -> Any:
    if "body" in fault:
        fault["body"] = json.dumps(fault["body"]).encode()
    if fault:
        world.proxy.fail(**fault)
    with pytest.raises(error, match=said) as raised:
        Kept().sync(world.connect())
    assert world.account.token not in str(raised.value)
    return raised.value


def test_a_token_that_is_no_longer_good_says_where_the_new_one_is(world: HubSpotWorld) -> None:
    world.account.expired = True
    refused(world, AccessLost, r"has expired \(401\): copy your service key")
    world.account.expired = False
    world.refuse_the_login()
    refused(world, AccessLost, r"is not accepted \(401\): copy your service key")
    assert "set `token`" in world.connect().check().fix


def test_a_missing_scope_is_named(world: HubSpotWorld) -> None:
    world.account.scopes = SCOPES - {"crm.objects.deals.read"}
    refused(world, AccessLost, r"lacks the scope crm.objects.deals.read \(403\): add it")


def test_check_names_every_scope_that_is_missing_at_once(world: HubSpotWorld) -> None:
    world.account.scopes = frozenset({"crm.objects.contacts.read"})
    check = world.connect().check()
    assert not check.ok
    assert [scope in check.says for scope in sorted(SCOPES)] == [True, False, True, True]
    assert check.fix == "add it to the service key or private app"


@pytest.mark.parametrize(
    "body",
    [
        {"category": "MISSING_SCOPES", "errors": [{"context": {"requiredScopes": ["crm.objects.owners.read"]}}]},
        {"category": "MISSING_SCOPES", "errors": [{"context": {"missingScopes": "[crm.objects.owners.read, crm.lists.read]"}}]},
    ],
)
def test_scopes_are_found_under_each_of_their_names(world: HubSpotWorld, body: dict[str, Any]) -> None:
    refused(world, AccessLost, "lacks the scope .*crm.objects.owners.read", status=403, body=body)


def test_who_made_the_token_may_have_lost_their_rights(world: HubSpotWorld) -> None:
    refused(world, AccessLost, "lost their rights", status=403, body={"category": "USER_DOES_NOT_HAVE_PERMISSIONS"})


@pytest.mark.parametrize("body", [{}, [], {"errors": ["?", {"context": 3}]}, {"errors": None, "category": 5}])
def test_a_refusal_without_a_word_is_still_one(world: HubSpotWorld, body: Any) -> None:
    refused(world, AccessLost, "docs/connections/hubspot.md", status=403, body=body)
    refused(world, Unavailable, "asked too often", status=429, body=body)


def test_the_limit_of_a_day_is_not_run_against_every_minute(world: HubSpotWorld) -> None:
    error = refused(world, Unavailable, "daily limit", status=429, body={"policyName": "DAILY"})
    assert error.retry_after == timedelta(hours=1)


@pytest.mark.parametrize("status", [423, 477])
def test_a_locked_account_is_waited_for(world: HubSpotWorld, status: int) -> None:
    error = refused(world, Unavailable, str(status), status=status, headers={"Retry-After": "600"})
    assert error.retry_after == timedelta(minutes=10)


@pytest.mark.parametrize("body", [{}, [], {"results": None}, "half"])
def test_an_answer_of_another_shape_is_tried_again(world: HubSpotWorld, body: Any) -> None:
    refused(world, Unavailable, "tried again", status=200, body=body)


def test_a_batch_that_failed_in_part_is_not_taken_for_whole(world: HubSpotWorld) -> None:
    partly = {"results": [], "status": "COMPLETE", "numErrors": 1, "errors": [{"category": "INTERNAL_ERROR"}]}
    refused(world, Unavailable, "only in part", status=207, body=partly, where="/batch/read")


def test_what_others_search_at_the_same_time_is_waited_out(world: HubSpotWorld) -> None:
    world.proxy.fail(status=429, body=b'{"policyName": "SECONDLY"}', times=2)
    assert len(Kept().sync(world.connect()).items) == 3


def test_the_published_limits_are_kept_to(world: HubSpotWorld) -> None:
    """The fake holds to them; it has met no more than it allows, or this would wait for seconds of its own."""
    world.fill(MANY, start=3)
    world.account.limited, world.paces = True, Paces.published()
    with world.asked() as asked:
        assert len(Kept().sync(world.connect()).items) == MANY + 3
    assert len(asked) == len({(request.path, request.body) for request in asked}), "nothing was refused and asked again"


def test_the_token_goes_nowhere_but_to_an_encrypted_address() -> None:
    for url in ("http://api.hubapi.com", "ftp://localhost", "localhost:80", "https://"):
        with pytest.raises(ValidationError, match="base_url"):
            Settings(kind="hubspot", token={"env": "T"}, base_url=url)
    assert "base_url" not in Settings.model_json_schema()["properties"]


def test_settings_connect_with_a_token_or_another_login(world: HubSpotWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    at = surroundings(world.folder)
    with pytest.raises(AccessLost, match="set `token`"):
        Settings(kind="hubspot").connect(at)
    with pytest.raises(AccessLost, match="HUBSPOT_T"):
        Settings(kind="hubspot", token={"env": "HUBSPOT_T"}).connect(at)
    monkeypatch.setenv("HUBSPOT_T", world.account.token)
    source = Settings(kind="hubspot", token={"env": "HUBSPOT_T"}, objects=("contacts",), base_url=world.proxy.url).connect(at)
    assert source.check().says == "HubSpot account 4711: 3 contacts"
    source.close()


class Typing:
    """A person who pastes a key."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.shown: list[str] = []

    def say(self, text: str) -> None:
        self.shown.append(text)

    def ask(self, question: str, default: str = "") -> str:
        raise AssertionError(question)

    def secret(self, question: str) -> str:
        self.shown.append(question)
        return self.key

    def browse(self, url: str) -> bool:
        raise AssertionError(url)


def test_connecting_tries_the_key_and_writes_the_lines_that_use_it(world: HubSpotWorld) -> None:
    way, clock = SignIn(), surroundings(world.folder).clock
    asker, rights = Typing(world.account.token), way.rights(frozenset(), frozenset())
    assert {right.scope for right in rights} == SCOPES
    made = way.sign_in(asker, {"base_url": world.proxy.url}, rights, clock)
    at = replace(surroundings(world.folder), account="crm", credentials=OneCredential("crm", made))
    assert way.check(at).says.startswith("HubSpot account 4711: 3 contacts")
    assert way.snippet("crm", replace(made, about={})) == "sources:\n  - {kind: hubspot, token: {kept: crm}}"
    assert "Service keys" in way.revoke(made, clock)
    wrong = way.sign_in(Typing("pat-wrong"), {"base_url": world.proxy.url}, rights, clock)
    assert not way.check(replace(at, credentials=OneCredential("crm", wrong))).ok


def test_a_token_that_was_replaced_is_read_anew(world: HubSpotWorld) -> None:
    file = world.folder / "token"
    file.write_text("pat-of-yesterday")
    settings = Settings(kind="hubspot", token={"file": file}, objects=("contacts",), base_url=world.proxy.url)
    source = settings.connect(surroundings(world.folder))
    assert not source.check().ok
    file.write_text(world.account.token)
    assert source.check().ok
    source.close()


class Renewed:
    """A login whose token was renewed by somebody else."""

    def __init__(self, token: str) -> None:
        self.tokens = ["an old one", token]

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[0]}"}

    def renew(self, refused: object) -> bool:
        del self.tokens[0]
        return True


def test_another_login_is_asked_for_a_new_token(world: HubSpotWorld) -> None:
    settings = Settings(kind="hubspot", objects=("contacts",), base_url=world.proxy.url)
    source = settings.connect(surroundings(world.folder), Renewed(world.account.token))
    assert source.check().ok
    source.close()
