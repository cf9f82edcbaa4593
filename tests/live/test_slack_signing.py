"""Connecting Slack: a token is typed in, tried, used, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from service.domain.credentials import Credential
from service.errors import AccessLost
from service.integrations.slack import Settings
from service.integrations.slack.signing import SignIn
from service.ports import OneCredential
from tests.builders import NOON
from tests.live.fakes.slack import ALL_SCOPES
from tests.live.slack_world import USER, World, a_world


class Typing:
    """Somebody at a terminal."""

    def __init__(self, *secrets: str) -> None:
        self.secrets, self.told = list(secrets), list[str]()

    def say(self, text: str) -> None:
        self.told.append(text)

    def ask(self, question: str, default: str = "") -> str:
        raise AssertionError(f"not needed: {question} {default}")

    def secret(self, question: str) -> str:
        self.told.append(question)
        return self.secrets.pop(0)

    def browse(self, url: str) -> bool:
        raise AssertionError(url)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path, "search") as world:
        yield world


def signed_in(world: World, *secrets: str) -> Credential:
    way = SignIn()
    given = {"base_url": f"{world.proxy.url}/api/"}
    return way.sign_in(Typing(*secrets), given, way.rights(frozenset({"slack"}), frozenset()), lambda: NOON)


def test_what_was_typed_is_tried_and_used(world: World) -> None:
    credential = signed_in(world, USER, "")
    assert credential.login == "mara in Acme"
    assert list(credential.secrets) == ["token"]
    at = replace(world.at, account="work", credentials=OneCredential("work", credential))
    assert SignIn().check(at).ok
    (source,) = YAML(typ="safe").load(SignIn().snippet("work", credential))["sources"]
    assert Settings.model_validate(source).connect(at).check().ok
    assert USER not in SignIn().snippet("work", credential)


def test_an_app_token_is_kept_beside_it(world: World) -> None:
    credential = signed_in(world, USER, "xapp-1")
    (source,) = YAML(typ="safe").load(SignIn().snippet("slack", credential))["sources"]
    assert source["app_token"] == {"kept": "slack.app_token"}


def test_a_wrong_token_is_refused_at_once(world: World) -> None:
    with pytest.raises(AccessLost, match="invalid_auth"):
        signed_in(world, "xoxp-wrong", "")


def test_slack_takes_the_token_back(world: World) -> None:
    credential = signed_in(world, USER, "")
    assert "taken the token back" in SignIn().revoke(credential, lambda: NOON)
    assert world.slack.tokens[USER].error == "token_revoked"
    assert "Manage apps" in SignIn().revoke(credential, lambda: NOON)


def test_every_scope_is_said_before_it_is_asked_for() -> None:
    def said(*acts: str) -> set[str]:
        return {scope for right in SignIn().rights(frozenset(), frozenset(acts)) for scope in right.scope.split()}

    assert said() == ALL_SCOPES - {"chat:write", "im:write"}
    assert said("post") == ALL_SCOPES
