"""What every channel promises, each tried on something real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from service.domain.delivery import Audience, Receipt
from service.errors import ExternalError, Unavailable
from service.ports import Channel, Check
from service.settings.kinds import installed
from service.settings.section import ChannelSettings
from tests.integration.mail_server import Mailbox, free_port, serving
from tests.integration.surroundings import KEY, a_notice, an_mp3, surroundings

SECRET = "s3cret-token-of-mara"


@dataclass
class Tried:
    channel: Channel
    unreachable: Channel
    received: Callable[[], int]


@pytest.fixture(params=["email", "push", "folder"])
def tried(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tried]:
    monkeypatch.setenv("SECRET_HERE", SECRET)
    yield from {"email": _email, "push": _push, "folder": _folder}[request.param](tmp_path, monkeypatch, request)


def connected(folder: Path, **given: Any) -> Channel:
    """Through the registry, as bootstrap does it."""
    settings = installed().channels.settings(given["kind"]).model_validate(given)
    assert isinstance(settings, ChannelSettings)
    return settings.connect(surroundings(folder))


def _email(folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Tried]:
    mailbox = Mailbox()
    with serving(mailbox) as port:
        there = connected(folder, kind="email", to="mara@keller.example", smtp={"host": "127.0.0.1", "port": port})
        smtp = {"host": "127.0.0.1", "port": free_port(), "user": "mara", "password": {"env": "SECRET_HERE"}}
        yield Tried(there, connected(folder, kind="email", to="mara@keller.example", smtp=smtp), lambda: len(mailbox.taken))


def _push(folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Tried]:
    server: HTTPServer = request.getfixturevalue("httpserver")
    server.expect_request(f"/{SECRET}").respond_with_json({})
    monkeypatch.setenv("THERE", f"json://127.0.0.1:{server.port}/{SECRET}")
    monkeypatch.setenv("NOT_THERE", f"json://mara:{SECRET}@127.0.0.1:{free_port()}/{SECRET}")
    there, missing = (connected(folder, kind="push", url={"env": name}) for name in ("THERE", "NOT_THERE"))
    yield Tried(there, missing, lambda: len(server.log))


def _folder(folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Tried]:
    (folder / "file").touch()
    there = connected(folder, kind="folder", path="out")
    yield Tried(there, connected(folder, kind="folder", path="file/out"), lambda: len(list((folder / "out").rglob("*.eml"))))


def test_sends_and_gives_a_receipt(tried: Tried):
    receipt = tried.channel.send(a_notice(files=(an_mp3(),)), KEY)
    assert isinstance(receipt, Receipt)
    assert receipt.text
    assert tried.received() == 1


def test_same_key_twice_never_fails_and_is_known_where_it_can_be(tried: Tried):
    tried.channel.send(a_notice(), KEY)
    tried.channel.send(a_notice(), KEY)
    assert tried.channel.arrived(KEY) in {True, None}


def test_failure_is_one_of_ours_without_a_secret(tried: Tried):
    with pytest.raises(ExternalError) as caught:
        tried.unreachable.send(a_notice(), KEY)
    error = caught.value
    assert SECRET not in f"{error}{error!r}{error.__cause__}{error.__cause__!r}"
    if isinstance(error, Unavailable):
        assert error.arrived is False
    assert len(str(error)) < 400


def test_check_says_what_is_wrong_and_how_to_mend_it(tried: Tried):
    assert tried.channel.check().ok
    failing = tried.unreachable.check()
    assert isinstance(failing, Check)
    if not failing.ok:
        assert failing.says
        assert failing.fix
        assert SECRET not in f"{failing}"


def test_answers_what_the_runner_asks(tried: Tried):
    channel = tried.channel
    assert isinstance(channel.audience, Audience)
    assert channel.interrupts is not channel.repeatable
