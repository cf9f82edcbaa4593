"""`reveille connect imap`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from service.integrations.imap.signing import SignIn
from service.ports import OneCredential
from tests.integration.source_contract import surroundings
from tests.live.line_proxy import LineProxy
from tests.live.mailbox import Mailbox
from tests.services.dovecot import Dovecot


@pytest.fixture
def box(dovecot_server: Dovecot, tmp_path: Path) -> Iterator[Mailbox]:
    with LineProxy(dovecot_server.port) as proxy:
        yield Mailbox(dovecot_server, proxy, tmp_path)


class Typing:
    """Takes what is guessed, and types one password."""

    def __init__(self, password: str) -> None:
        self._password = password

    def ask(self, question: str, default: str = "") -> str:
        return default

    def secret(self, question: str) -> str:
        return self._password

    say: Any = None
    browse: Any = None


def test_what_is_typed_is_tried_and_becomes_a_line_of_the_config(box: Mailbox) -> None:
    signing = SignIn()
    given = {"user": box.user.name, "host": "127.0.0.1", "port": str(box.proxy.port), "tls": "none"}
    at = replace(surroundings(box.folder), account="mail")
    for password, fits in ((box.user.password, True), ("wrong", False)):
        credential = signing.sign_in(Typing(password), given, (), at.clock)
        check = signing.check(replace(at, credentials=OneCredential("mail", credential)))
        assert check.ok is fits, check
        assert "wrong" not in f"{check} {signing.snippet('mail', credential)}"
        assert "password: {kept: mail}" in signing.snippet("mail", credential)
    assert not signing.settings("gone", credential).connect(at).check().ok


def test_the_server_is_guessed_from_the_address() -> None:
    signing = SignIn()
    credential = signing.sign_in(Typing("x"), {"user": "mara@keller.example"}, (), surroundings(Path()).clock)
    assert (credential.login, credential.about["host"]) == ("mara@keller.example", "imap.keller.example")
