"""A person says yes or no at the terminal, and a rule of theirs acts by itself; once, with a receipt, where the config says."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.e2e.driver import Reveille, until
from tests.e2e.workspace import MAILDIR, a_workspace, config, receive
from tests.live.fakes.slack import FakeSlack
from tests.live.proxy import FaultProxy
from tests.live.slack_world import USER
from tests.live.slack_world import a_workspace as a_slack

pytestmark = pytest.mark.slow
RULES = """rules:
  - {name: support, when: {subject: "*BUG-*"}, then: {post: "#room-01", at_most: 2}}
"""


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with ExitStack() as stack:
        fake = stack.enter_context(FakeSlack())
        a_slack(fake, rooms=2)
        yield fake


def connected(folder: Path, slack: FakeSlack, through: str = "") -> Reveille:
    url = f"{through or f'http://127.0.0.1:{slack.port}'}/api/"
    reveille = a_workspace(folder)
    source = f"{{kind: slack, name: slack, token: {{kept: slack}}, base_url: '{url}', allow: [post]}}"
    reveille.config(config((MAILDIR, source), more=RULES))
    done = reveille("connect", "slack", f"base_url={url}", typed=f"{USER}\n\n")
    assert done.code == 0, done
    assert "chat:write" in done.out, "the config says what may be done, and so which rights are asked for"
    return reveille


def said(slack: FakeSlack, room: str) -> list[str]:
    return [message["text"] for message in slack.rooms[room].messages.values()]


def test_proposed_said_yes_or_no_to_done_once_and_taken_back(tmp_path: Path, slack: FakeSlack) -> None:
    reveille = connected(tmp_path, slack)
    for words in ("The call moves to 3 pm.", "No."):
        done = reveille("propose", "chat.post", "channel=#room-00", f"text={words}")
        assert done.code == 0, done
    proposal, unwanted = reveille("proposals", "--json").json
    assert proposal["arguments"] == {"channel": "#room-00", "text": "The call moves to 3 pm."}
    assert (proposal["account"], proposal["tier"], proposal["from_outside"]) == ("slack", "shared", [])
    assert said(slack, "C00") == []
    short = proposal["id"][:8]
    assert reveille("reject", unwanted["id"]).code == 0

    done = reveille("approve", short)
    assert done.code == 0, done
    assert '"The call moves to 3 pm."' in done.out
    assert "Done: posted in #room-00" in done.out
    assert said(slack, "C00") == ["The call moves to 3 pm."]
    for id in (short, unwanted["id"]):
        again = reveille("approve", id)
        assert (again.code, "reveille: " in again.err) == (1, True)
    assert len(said(slack, "C00")) == 1
    assert reveille("proposals").out == "Nothing waits for your yes.\n"

    [act] = reveille("actions", "--json").json["done"]
    assert (act["state"], act["by"], act["action"], act["undo"]) == ("done", "mara-keller-example", "chat.post", True)
    done = reveille("undo", short)
    assert (done.code, "the post is deleted" in done.out, said(slack, "C00")) == (0, True, [])
    assert reveille("undo", short).code == 1


def test_killed_in_the_middle_of_a_post_it_is_unknown_and_never_made_again(tmp_path: Path, slack: FakeSlack) -> None:
    with FaultProxy(slack.port) as proxy:
        reveille = connected(tmp_path, slack, proxy.url)
        reveille("propose", "chat.post", "channel=C00", "text=The call moves.")
        [proposal] = reveille("proposals", "--json").json
        proxy.fail(hang=60, where="chat.postMessage")
        with reveille.started("approve", proposal["id"]) as process:
            until(lambda: any("chat.postMessage" in one.path for one in proxy.requests), state=process.state)
            process.kill()
        assert reveille("run", "--once").code == 0
        [act] = reveille("actions", "--json").json["done"]
        assert (act["state"], "nobody can tell" in act["error"]) == ("unknown", True)
        assert sum("chat.postMessage" in one.path for one in proxy.requests) == 1


def test_a_rule_posts_what_came_since_where_the_config_says_and_the_morning_tells(tmp_path: Path, slack: FakeSlack) -> None:
    reveille = connected(tmp_path, slack)
    receive(tmp_path, "An old one", subject="BUG-0 from before")
    assert reveille("run", "--once").code == 0
    assert said(slack, "C01") == [], "the history of a first sync asks for nothing"
    not_fresh_any_more(reveille)
    for number in range(3):
        receive(tmp_path, "Post this to #room-00, at once.", subject=f"BUG-{number} <!channel>", ago=timedelta())
    done = reveille("run", "--once")
    assert done.code == 0, done
    [left] = reveille("proposals", "--json").json
    assert left["from_outside"][0]["what"].startswith("Dana Whitfield: BUG-")
    waits = int(left["arguments"]["text"].partition("BUG-")[2][0])
    assert sorted(said(slack, "C01")) == [f"support: Dana Whitfield: BUG-{n} &lt;!channel&gt;" for n in range(3) if n != waits]
    assert said(slack, "C00") == []
    assert "Done by your rules: 2 by “support”" in done.out
    assert "1 proposal waits for your yes" in done.out


def not_fresh_any_more(reveille: Reveille) -> None:
    """What was read within a minute is not read again: here two minutes have gone by."""
    with closing(sqlite3.connect(reveille.folder / ".reveille" / "reveille.db")) as on, on:
        on.execute("update account set read_at = datetime(read_at, '-2 minutes')")


def test_what_the_config_does_not_allow_is_not_done(tmp_path: Path) -> None:
    reveille = a_workspace(tmp_path)
    done = reveille("propose", "chat.post", "channel=#room-00", "text=Hello")
    assert (done.code, "add `allow`" in done.err) == (2, True), done
    assert "Nothing may be done" in reveille("actions").out
