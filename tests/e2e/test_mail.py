"""Briefings by mail: what arrives, what a failing server makes of it, and what the person is told."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.e2e.driver import Reveille, until
from tests.e2e.post import DROP, PostOffice
from tests.e2e.workspace import FOLDER, a_workspace, config, receive, smtp
from tests.integration.mail_server import free_port, scripted, serving, signing_in

AUDIO = {"morning": '{at: "07:00", days: daily, to: [inbox], audio: true}'}
TO_INBOX = {"morning": '{at: "07:00", days: daily, to: [inbox]}'}


def by_mail(folder: Path, port: int, *, more: str = "", channels: dict[str, str] | None = None, **env: str) -> Reveille:
    return a_workspace(folder, config(channels={"inbox": smtp(port, more)} | (channels or {}), cadences=TO_INBOX), **env)


def test_a_briefing_arrives_as_text_html_and_mp3(tmp_path: Path) -> None:
    office = PostOffice()
    with office.open() as port:
        reveille = a_workspace(tmp_path, config(channels={"inbox": smtp(port)}, cadences=AUDIO))
        done = reveille("brief", "--send")
    assert (done.code, done.err) == (0, ""), done
    assert done.out.startswith("inbox: sent: 250")
    [message] = office.taken
    kinds = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "audio/mpeg"]
    text, html, audio = (part.get_content() for part in message.walk() if not part.is_multipart())
    assert "Atlas round" in text
    assert "Atlas round" in html
    assert len(audio) > 20_000
    assert message["To"] == "mara@keller.example"
    assert "need you" in message["Subject"] or "needs you" in message["Subject"]


def test_who_asks_by_hand_again_gets_the_whole_day_with_what_is_new(tmp_path: Path) -> None:
    office = PostOffice()
    with office.open() as port:
        reveille = by_mail(tmp_path, port)
        receive(tmp_path, "Here are the minutes of Monday.", subject="Minutes", sender="Lea Moser <lea@brightwell.example>")
        reveille("brief", "--send")
        receive(
            tmp_path,
            "Could you call me back today?",
            subject="Brightwell",
            sender="Lea Moser <lea@brightwell.example>",
            ago=timedelta(minutes=1),
        )
        reveille("brief", "--send")
    first, second = (message.get_body(("plain",)).get_content() for message in office.taken)  # type: ignore[union-attr]
    assert "Atlas round" in first
    assert "Brightwell" not in first
    assert "Brightwell" in second
    assert "Atlas round" in second
    assert len(office.ids) == 2


def test_own_briefings_in_the_mailbox_are_no_mail(tmp_path: Path) -> None:
    office = PostOffice(maildir=tmp_path / "mail")
    with office.open() as port:
        reveille = by_mail(tmp_path, port)
        reveille("brief", "--send")
        again = reveille("brief", "--format", "json").json
    assert len(office.taken) == 1
    assert not [f for section in again["sections"].values() for f in section if "reveille" in str(f["sources"]).lower()]


# --- servers that fail -------------------------------------------------------------------------------------------------------


@dataclass
class Case:
    """What the server does at first, and what must be true in the end."""

    said: str
    answers: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    proves: bool = False
    listens: bool = True
    arrives: int = 1
    tries: int = 2


CASES = {
    "it wants it later": Case("451", answers=("451 try later",)),
    "it closes": Case("421", recipient=("421 closing",)),
    "it is down": Case("nothing listens there", listens=False, tries=1),
    "it drops the line after the last byte, and the mailbox proves arrival": Case("", answers=(DROP,), proves=True, tries=1),
    # Twice under one Message-ID: mail clients show it once.
    "it drops the line after the last byte, and nothing proves arrival": Case("", answers=(DROP,), arrives=2),
}


@pytest.mark.slow
def test_a_server_that_fails_for_now_gets_it_later_and_status_says_so_meanwhile(tmp_path: Path) -> None:
    """All at once, for each waits for the first step of the backoff."""
    with ExitStack() as stack:
        running = []
        for number, (name, case) in enumerate(CASES.items()):
            folder = tmp_path / str(number)
            office = PostOffice(folder / "mail" if case.proves else None, list(case.answers), list(case.recipient))
            port = free_port()
            if case.listens:
                stack.enter_context(serving(office, port=port))  # type: ignore[arg-type]
            reveille = by_mail(folder, port)
            _is_told_that_it_waits(reveille, case)
            if not case.listens:
                stack.enter_context(serving(office, port=port))  # type: ignore[arg-type]
            running.append((name, case, office, reveille, stack.enter_context(reveille.started("run"))))
        for name, case, office, reveille, process in running:
            until(lambda r=reveille: r.ledger[0][1], 90, process.state)
            assert reveille.ledger == [("ended", "sent")], name
            assert list(office.ids.values()) == [case.arrives], name
            assert office.tries == case.tries, name
        for *_, process in running:
            process.signal()
            assert process.ended(20).code == 0


def _is_told_that_it_waits(reveille: Reveille, case: Case) -> None:
    done = reveille("brief", "--send")
    assert done.code == 1
    assert case.said in done.out
    assert "tried again while `reveille run` runs" in done.out
    [row] = reveille.status()["open"]
    assert row["state"] == "delivering"
    assert case.said in row["reason"]


def test_a_wrong_password_takes_another_way_and_is_told(tmp_path: Path) -> None:
    office = PostOffice()
    with serving(office, authenticator=signing_in(b"mara", b"right"), auth_require_tls=False) as port:  # type: ignore[arg-type]
        more = ", user: mara, password: {env: MAIL_PASSWORD}"
        reveille = by_mail(tmp_path, port, more=more, channels={"files": FOLDER}, MAIL_PASSWORD="wrong")
        done = reveille("brief", "--send")
        ills = [line for line in reveille("doctor", "--json").lines if not line["ok"]]
    assert done.code == 0, "it reached the person by the folder"
    assert "535" in done.out
    assert len(list((tmp_path / "out").rglob("*.eml"))) == 1
    found = reveille("status", "--json")
    assert found.code == 1
    assert [(f["channel"], f["state"]) for f in found.json["failures"]] == [("inbox", "failed")]
    assert [(line["name"], "smtp.user" in line["fix"] + line["says"]) for line in ills] == [("inbox", True)]


def test_a_refused_recipient_without_another_way_fails_and_the_next_briefing_says_so(tmp_path: Path) -> None:
    office = PostOffice(recipient_answers=["550 no such user"])
    with office.open() as port:
        reveille = by_mail(tmp_path, port)
        done = reveille("brief", "--send")
        assert done.code == 1
        assert "550 mara@keller.example: no such user" in done.out
        [row] = reveille.status()["last"]
        assert row["outcome"] == "failed"
        again = reveille("brief", "--send")
    assert again.code == 0
    [message] = office.taken
    text = " ".join(message.get_body(("plain",)).get_content().split())  # type: ignore[union-attr]
    assert "failed" in text.partition("COVERAGE")[2]
    assert "Atlas round" in text, "what was never delivered is not told yet"


def test_a_slow_server_is_waited_for(tmp_path: Path) -> None:
    office = PostOffice(seconds=3)
    with office.open() as port:
        assert by_mail(tmp_path, port)("brief", "--send").code == 0
    assert list(office.ids.values()) == [1]


def test_what_is_no_mail_server_is_named(tmp_path: Path) -> None:
    with scripted(b"HTTP/1.1 400 Bad Request\r\n\r\n", "drop") as port:
        done = by_mail(tmp_path, port)("brief", "--send")
    assert done.code == 1
    assert f"127.0.0.1:{port}" in done.out


def test_a_port_that_never_answers_does_not_hold_a_stop(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        reveille = by_mail(tmp_path, silent.getsockname()[1])
        with reveille.started("run", "--once") as process:
            until(lambda: ("delivering", None) in reveille.ledger, 30)
            process.signal()
            time.sleep(0.5)
            process.signal()
            assert process.ended(5).code == 130
    assert [o["state"] for o in reveille.status()["open"]] == ["delivering"], "kept for the next start"
