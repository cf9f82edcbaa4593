"""Servers that can little, or do it in their own way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service.domain.items import Message
from service.errors import AccessLost, Unavailable
from service.integrations.imap import Settings
from service.integrations.imap.source import Imap
from tests.integration.source_contract import CountingReader, Kept, surroundings
from tests.integration.sources.letters import a_letter
from tests.live.fakes.imap import FakeImap, Mail

TOKEN = "ya29.secret"


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "hunter22")


def a_server(count: int = 5, **odd: Any) -> FakeImap:
    mails = [Mail(uid, a_letter(uid), date=f"{uid % 28 + 1:2}-May-2026 08:00:00 +0000") for uid in range(10, 10 + count)]
    return FakeImap({"INBOX": mails, "Lists": [Mail(3, a_letter(3))]}, **odd)


def connected(server: FakeImap, **fields: Any) -> Imap:
    options = {"host": "127.0.0.1", "port": server.port, "user": "mara", "password": {"env": "MAIL_PASSWORD"}, "tls": "none"}
    token = fields.pop("token", None)
    return Imap(Settings(kind="imap", **options | fields), surroundings(Path(), CountingReader()), token, 2.0)


def synced(server: FakeImap, kept: Kept | None = None) -> Kept:
    return (kept or Kept()).sync(connected(server))


def bodies(server: FakeImap) -> int:
    return sum("BODY.PEEK[]" in line for line in server.asked)


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"reversed": True},
        {"gossip": "* 1 FETCH (FLAGS (\\Seen))\r\n* 99 EXISTS\r\n* OK [ALERT] tea is ready\r\n* 3 RECENT"},
        {"gossip": "* 7 EXPUNGE"},
        {"quoted": True},
        {"missing": {11, 12}},
        {"no_uidnext": True},
        {"size": 1},
        {"size": 40_000_000},
        {"greeting": "* OK [CAPABILITY IMAP4rev1] hello"},
        {"login": "* CAPABILITY IMAP4rev1 X-ODD\r\n{tag} OK [CAPABILITY IMAP4rev1 X-ODD] in"},
    ],
    ids=str,
)
def test_all_is_read_once_all_the_same(odd: dict[str, Any]) -> None:
    with a_server(**odd) as server:
        kept = synced(server)
        assert (len(kept.items), len(kept.ids), kept.problems) == (6, 6, [])
        fetched = bodies(server)
        again = synced(server, kept)
        assert (again.upserts, again.moves, again.deletes, bodies(server)) == ([], 0, 0, fetched)


def test_nothing_changed_is_one_list_and_one_exchange_of_status() -> None:
    with a_server() as server:
        kept = synced(server)
        server.asked.clear()
        synced(server, kept)
        assert [line.split()[0] for line in server.asked] == [
            "CAPABILITY",
            "LOGIN",
            "CAPABILITY",
            "LIST",
            "STATUS",
            "STATUS",
            "LOGOUT",
        ]


def test_changes_are_found_by_comparing() -> None:
    with a_server() as server:
        kept = synced(server)
        inbox = server.folders["INBOX"]
        inbox[0].flags = r"\Answered"
        del inbox[1]
        inbox.append(Mail(90, a_letter(90)))
        fetched = bodies(server)
        synced(server, kept)
        assert (len(kept.items), kept.moves, kept.deletes, len(kept.upserts)) == (6, 1, 1, 1)
        assert bodies(server) == fetched + 1
        message = next(m for m in kept.items.values() if isinstance(m, Message) and m.subject == "Term sheet 10")
        assert message.flags == {"answered"}


def test_what_moves_is_known_again_without_content() -> None:
    with a_server() as server:
        kept = synced(server)
        mail = server.folders["INBOX"].pop(2)
        mail.uid = 4
        server.folders["Lists"].append(mail)
        fetched = bodies(server)
        synced(server, kept)
        assert (len(kept.items), kept.moves, kept.deletes, kept.upserts, bodies(server)) == (6, 1, 0, [], fetched)


def test_new_numbers_do_not_mean_new_content() -> None:
    with a_server() as server:
        kept = synced(server)
        server.validity = 8
        fetched = bodies(server)
        synced(server, kept)
        assert (len(kept.items), kept.moves, kept.deletes, kept.upserts, bodies(server)) == (6, 6, 0, [], fetched)


def test_a_message_that_the_server_chokes_on_is_a_problem_and_the_rest_come() -> None:
    with a_server(broken={12}) as server:
        kept = synced(server)
        assert (len(kept.items), [p.where for p in kept.problems]) == (5, ["INBOX;7.12"])
        assert "internal trouble" in kept.problems[0].what
        fetched = bodies(server)
        again = synced(server, kept)
        assert (len(again.problems), bodies(server)) == (1, fetched)


def test_a_folder_that_can_not_be_opened_is_a_problem_and_keeps_what_is_known() -> None:
    with a_server() as server:
        kept = synced(server)
        server.odd.refused = {"Lists"}
        server.folders["Lists"].append(Mail(5, a_letter(5)))
        synced(server, kept)
        assert (len(kept.items), [p.where for p in kept.problems]) == (6, ["Lists"])
        server.odd.refused, server.odd.no_status = set(), {"Lists"}
        synced(server, kept)
        assert (len(kept.items), [p.where for p in kept.problems]) == (6, ["Lists"])
        server.odd.no_status = set()
        synced(server, kept)
        assert (len(kept.items), kept.problems) == (7, [])


def test_a_new_folder_that_can_not_be_opened_is_tried_again() -> None:
    with a_server(refused={"Lists"}) as server:
        kept = synced(server)
        assert (len(kept.items), [p.where for p in kept.problems]) == (5, ["Lists"])
        server.odd.refused = set()
        assert len(synced(server, kept).items) == 6


def test_a_folder_whose_comparison_fails_loses_nothing() -> None:
    with a_server() as server:
        kept = synced(server)
        kept.cursor = None
        server.odd.refused = {"Lists"}
        synced(server, kept)
        assert (len(kept.items), kept.deletes) == (6, 0)
        server.odd.refused, server.folders["Lists"] = set(), []
        synced(server, kept)
        assert (len(kept.items), kept.deletes) == (5, 1)


@pytest.mark.parametrize("listing", ["* LIST () NIL Other", "* LIST (\\Noselect) NIL INBOX", "* OK nothing"])
def test_a_list_without_inbox_empties_nothing(listing: str) -> None:
    with a_server() as server:
        kept = synced(server)
        server.odd.listing = listing
        with pytest.raises(Unavailable, match="no INBOX"):
            synced(server, kept)


@pytest.mark.parametrize("literal", [10**6, 10**9, 10**30])
def test_a_literal_that_does_not_come_is_waited_for_in_bounds(literal: int) -> None:
    with a_server(literal=literal) as server:
        with pytest.raises(Unavailable):
            synced(server)


@pytest.mark.parametrize(
    ("odd", "kind"),
    [
        ({"greeting": "* BYE [UNAVAILABLE] too many connections"}, Unavailable),
        ({"greeting": "220 mail.example ESMTP"}, Unavailable),
        ({"greeting": "HTTP/1.1 400 Bad Request"}, Unavailable),
        ({"capabilities": "IMAP2"}, Unavailable),
        ({"login": "{tag} NO [AUTHENTICATIONFAILED] wrong"}, AccessLost),
        ({"login": '{tag} BAD unknown: LOGIN mara "hunter22"'}, AccessLost),
        ({"login": "{tag} NO [LIMIT] slowly"}, Unavailable),
        ({"login": "* BYE go away"}, Unavailable),
        ({"capabilities": "IMAP4rev1 LOGINDISABLED"}, AccessLost),
    ],
    ids=str,
)
def test_every_way_not_to_get_in(odd: dict[str, Any], kind: type[Exception]) -> None:
    with a_server(**odd) as server:
        with pytest.raises(kind) as raised:
            synced(server)
        check = connected(server).check()
    assert (check.ok, bool(check.says), bool(check.fix)) == (False, True, True)
    assert "hunter22" not in f"{raised.value} {check}"


def test_an_access_token_is_asked_for_at_each_login() -> None:
    tokens = iter([TOKEN, "stale", TOKEN])
    with a_server(token=TOKEN, capabilities="IMAP4rev1 AUTH=XOAUTH2") as server:
        kept = Kept().sync(connected(server, token=lambda: next(tokens)))
        assert len(kept.items) == 6
        with pytest.raises(AccessLost, match="access token of mara: connect the account anew") as raised:
            kept.sync(connected(server, token=lambda: next(tokens)))
        assert "stale" not in str(raised.value)
        kept.sync(connected(server, token=lambda: next(tokens)))
    assert not any(line.startswith("LOGIN") for line in server.asked)


def test_a_token_that_is_not_there_is_told_by_whoever_keeps_it() -> None:
    def nobody() -> str:
        raise AccessLost("Google wants you to sign in: run `reveille connect google`")

    with a_server() as server, pytest.raises(AccessLost, match="reveille connect google"):
        list(connected(server, token=nobody).pages(None, {}))
