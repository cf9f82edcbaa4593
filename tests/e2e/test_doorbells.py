"""What comes is read and judged at once, by whoever listens, long before any cadence would look."""

from __future__ import annotations

import imaplib
import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.e2e.driver import Process, Reveille, until
from tests.e2e.workspace import a_workspace, config
from tests.live.fakes.slack import FakeSlack
from tests.live.slack_world import USER
from tests.live.slack_world import a_workspace as a_slack
from tests.services import Postgres
from tests.services.dovecot import Dovecot, MailUser

pytestmark = pytest.mark.slow
APP = "xapp-1-s3cret"
SELDOM = {"triage": "{every: 24h}"}
AT_ONCE = 15.0
"""Seconds; a machine that is busy otherwise needs longer than the one or two that it takes."""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def write_to(user: MailUser, dovecot: Dovecot, subject: str) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "Dana Weiss <dana@atlas.example>", user.name
    message["Date"], message["Message-ID"] = format_datetime(datetime.now(UTC)), f"<{time.time_ns()}@atlas.example>"
    message.set_content("Could you send me the signed term sheet by tomorrow?")
    with imaplib.IMAP4("127.0.0.1", dovecot.port, timeout=30) as client:
        client.login(user.name, user.password)
        client.append("INBOX", None, None, message.as_bytes())


def mailbox(user: MailUser, dovecot: Dovecot) -> str:
    return (
        f"{{kind: imap, name: post, host: 127.0.0.1, port: {dovecot.port}, user: '{user.name}', tls: none,"
        " password: {env: MAIL_PASSWORD}}"
    )


def judged(reveille: Reveille) -> int:
    return len(reveille.rows("select id from item where kind = 'message' and verdict is not null"))


def listens(reveille: Reveille, account: str, process: Process) -> None:
    query = f"select 1 from doorbell where account = '{account}' and state = 'listening'"
    until(lambda: reveille.rows(query), 60, process.state)
    until(lambda: reveille.rows(f"select 1 from account where name = '{account}' and read_at is not null"), 60, process.state)


def test_a_mail_is_judged_when_it_comes(tmp_path: Path, dovecot_server: Dovecot) -> None:
    user = dovecot_server.new_user()
    text = config((mailbox(user, dovecot_server),), cadences=SELDOM).replace("mara@keller.example", user.name)
    reveille = a_workspace(tmp_path, text, MAIL_PASSWORD=user.password)
    with reveille.started("run") as process:
        listens(reveille, "post", process)
        before = judged(reveille)
        write_to(user, dovecot_server, "Atlas round")
        began = time.monotonic()
        until(lambda: judged(reveille) > before, AT_ONCE, process.state)
        print(f"judged after {time.monotonic() - began:.1f} s")
        (source,) = reveille.status()["sources"]
        assert source["doorbell"] == "listening"
        process.signal(signal.SIGTERM)
        done = process.ended(15)
    assert (done.code, done.err) == (0, "")


def test_a_post_is_read_when_it_is_made(tmp_path: Path, stack: ExitStack) -> None:
    slack = stack.enter_context(FakeSlack())
    a_slack(slack, rooms=2)
    slack.app_tokens = {APP}
    url = f"http://127.0.0.1:{slack.port}/api/"
    reveille = a_workspace(tmp_path)
    done = reveille("connect", "slack", f"base_url={url}", typed=f"{USER}\n{APP}\n")
    assert done.code == 0, done
    chat = f"{{kind: slack, name: chat, token: {{kept: slack.token}}, app_token: {{kept: slack.app_token}}, base_url: '{url}'}}"
    reveille.config(config((chat,), cadences=SELDOM))
    with reveille.started("run") as process:
        listens(reveille, "chat", process)
        slack.say("C00", f"{time.time():.6f}", "U2", "<@U1> can you approve the Atlas budget today?")
        until(lambda: reveille.rows("select id from item where kind = 'thread'"), AT_ONCE, process.state)
        (shown,) = json.loads(reveille("connections", "--json").out)
        assert [(source["name"], source["doorbell"]) for source in shown["sources"]] == [("chat", "listening")]
        process.signal(signal.SIGTERM)
        done = process.ended(15)
    assert (done.code, done.err) == (0, "")
    assert APP not in done.out + done.err


def test_many_processes_share_what_is_listened_at(tmp_path: Path, dovecot_server: Dovecot, postgres_server: Postgres) -> None:
    """Two listeners, of which the one that holds it is killed: the other takes over once its lease has run out."""
    user, url = dovecot_server.new_user(), postgres_server.new_database()
    text = config((mailbox(user, dovecot_server),), cadences=SELDOM).replace("mara@keller.example", user.name)
    people = tmp_path / "people"
    people.mkdir()
    (people / "mara.yaml").write_text(text)
    shared = {"REVEILLE_DATABASE": url, "REVEILLE_PEOPLE": str(people), "REVEILLE_LEASE": "5", "MAIL_PASSWORD": user.password}
    reveille = Reveille(tmp_path, {**shared, "REVEILLE_QUEUE": "redis://127.0.0.1:9/0", "REVEILLE_LOG_JSON": "true"})
    done = reveille("people", "apply")
    assert done.code == 0, done
    with reveille.started("listen") as one:
        until(lambda: '"state": "listening"' in one.err, 60, one.state)
        with reveille.started("listen") as other:
            until(lambda: '"synced"' in one.err or '"event": "synced"' in one.err, 60, one.state)
            one.kill()
            until(lambda: '"state": "listening"' in other.err, 60, other.state)
            until(lambda: '"event": "synced"' in other.err, 60, other.state)
            before = other.err.count('"event": "synced"')
            write_to(user, dovecot_server, "Atlas round")
            until(lambda: other.err.count('"event": "synced"') > before, AT_ONCE, other.state)
            other.signal(signal.SIGTERM)
            assert other.ended(20).code == 0
    sys.stdout.flush()
