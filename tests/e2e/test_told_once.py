"""Whoever changes a password is told once that a mailbox can't be read, with what mends it; and once more when it breaks anew."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.e2e.driver import Process, Reveille, until
from tests.e2e.workspace import a_workspace, config
from tests.services.dovecot import Dovecot

pytestmark = pytest.mark.slow
EVERY = 30  # seconds, the least there is


def ended(reveille: Reveille) -> int:
    return len(reveille.rows("select id from occurrence where state = 'ended'"))


def turns(reveille: Reveille, count: int, process: Process) -> None:
    before = ended(reveille)
    until(lambda: ended(reveille) >= before + count, count * EVERY + 60, process.state)


def health(reveille: Reveille) -> dict[str, str]:
    return dict(reveille.rows("select name, health from account"))


def test_a_password_that_was_changed_is_told_once(tmp_path: Path, dovecot_server: Dovecot, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/phone").respond_with_json({})
    user = dovecot_server.new_user()
    post = (
        f"{{kind: imap, name: post, host: 127.0.0.1, port: {dovecot_server.port}, user: '{user.name}', tls: none,"
        " idle: false, password: {file: password}}"
    )
    text = config(
        (post, "{kind: maildir, path: mail}"),
        channels={"phone": "{kind: push, url: {env: PUSH_URL}}"},
        cadences={"triage": f"{{every: {EVERY}s}}"},
    )
    password = tmp_path / "password"
    password.write_text("an old one")
    reveille = a_workspace(tmp_path, text, PUSH_URL=f"json://127.0.0.1:{httpserver.port}/phone")
    with reveille.started("run") as process:
        until(lambda: httpserver.log, EVERY + 60, process.state)
        told = httpserver.log[0][0].get_json()
        assert told["title"] == "post can't be read any more"
        assert "app password" in told["message"]
        assert health(reveille)["post"] == "no_access"
        turns(reveille, 1, process)
        assert len(httpserver.log) == 1, "told once, not at every sync"
        assert [state for name, state in health(reveille).items() if name != "post"] == ["ok"], "the rest goes on"
        password.write_text(user.password)
        until(lambda: health(reveille)["post"] == "ok", 2 * EVERY + 60, process.state)
        assert len(httpserver.log) == 1
        password.write_text("another old one")
        until(lambda: len(httpserver.log) == 2, 2 * EVERY + 60, process.state)
        process.signal(signal.SIGTERM)
        done = process.ended(20)
    assert done.code == 0
    assert user.password not in json.dumps([request.get_json() for request, _ in httpserver.log]) + done.err
