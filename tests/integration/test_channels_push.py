from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from service.domain.delivery import Audience
from service.errors import AccessLost, ExternalError, Rejected, Unavailable
from service.integrations.push_apprise import Settings
from service.integrations.push_apprise.channel import BODY_LIMIT, TITLE_LIMIT, Push
from tests.integration.mail_server import free_port, scripted
from tests.integration.surroundings import KEY, a_notice, surroundings

TOKEN = "tk-very-secret-token"


def channel(folder: Path, monkeypatch: pytest.MonkeyPatch, *urls: str, **fields: Any) -> Push:
    for i, url in enumerate(urls):
        monkeypatch.setenv(f"PUSH_URL_{i}", url)
    named = [{"env": f"PUSH_URL_{i}"} for i in range(len(urls))]
    settings = Settings.model_validate({"kind": "push", "url": named[0] if len(named) == 1 else named} | fields)
    return settings.connect(surroundings(folder, account="phone"))  # type: ignore[return-value]


def address(server: HTTPServer | int, path: str = TOKEN) -> str:
    return f"json://127.0.0.1:{server if isinstance(server, int) else server.port}/{path}"


def test_short_form_becomes_title_and_body(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer):
    httpserver.expect_request(f"/{TOKEN}").respond_with_json({})
    notice = a_notice(link="https://reveille.example/b/1")
    receipt = channel(tmp_path, monkeypatch, address(httpserver)).send(notice, KEY)
    (request, _), *more = httpserver.log
    assert not more
    sent = request.get_json()
    assert sent["title"] == "3 need you"
    assert sent["message"] == "Dana asks for the term sheet by Friday\nhttps://reveille.example/b/1"
    assert receipt.text == "1 of 1 push services took it"


@pytest.mark.parametrize(
    "short", ["", "one line", "a\n\nb", "x" * 10_000 + "\n" + "y" * 10_000, "\ud800\x00\n\x1b[31m<b>&", "* _md_\n`x`"]
)
def test_any_text_fits_a_push(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer, short: str):
    httpserver.expect_request(f"/{TOKEN}").respond_with_json({})
    channel(tmp_path, monkeypatch, address(httpserver)).send(a_notice(short=short), KEY)
    sent = httpserver.log[0][0].get_json()
    assert sent["message"]
    assert len(sent["title"]) <= TITLE_LIMIT
    assert len(sent["message"]) <= BODY_LIMIT


@contextmanager
def listening_at_the_root() -> Iterator[list[str]]:
    """What our own log would get, but for the server's lines."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage()) if record.name != "werkzeug" else None  # type: ignore[method-assign]
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@pytest.mark.parametrize(
    ("status", "kind", "arrived"),
    [
        (400, Rejected, None),
        (401, AccessLost, None),
        (403, AccessLost, None),
        (404, Rejected, None),
        (429, Unavailable, False),
        (500, Unavailable, False),
        (503, Unavailable, False),
        (504, Unavailable, None),
    ],
)
def test_answers_are_sorted_without_the_secret(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    httpserver: HTTPServer,
    status: int,
    kind: type[ExternalError],
    arrived: bool | None,
):
    httpserver.expect_request(f"/{TOKEN}").respond_with_data("no", status=status)
    with listening_at_the_root() as logged:
        error = failure(channel(tmp_path, monkeypatch, address(httpserver)))
    assert type(error) is kind
    assert str(status) in str(error)
    if isinstance(error, Unavailable):
        assert error.arrived is arrived
    assert TOKEN not in f"{error!r}{error.__cause__!r}{error.__context__!r}{logged}"


def test_nothing_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    error = failure(channel(tmp_path, monkeypatch, address(free_port())))
    assert isinstance(error, Unavailable)
    assert error.arrived is False
    assert TOKEN not in str(error)


def test_hung_up_without_an_answer_is_a_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with scripted("line", "drop") as port:
        error = failure(channel(tmp_path, monkeypatch, address(port)))
    assert isinstance(error, Unavailable)
    assert error.arrived is None


def test_answer_that_takes_too_long_is_a_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with scripted("line", "hang") as port:
        error = failure(channel(tmp_path, monkeypatch, address(port) + "?rto=0.3"))
    assert isinstance(error, Unavailable)
    assert error.arrived is None


def test_one_of_two_is_enough_and_the_other_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer):
    httpserver.expect_request(f"/{TOKEN}").respond_with_json({})
    receipt = channel(tmp_path, monkeypatch, address(httpserver), address(free_port())).send(a_notice(), KEY)
    assert "1 of 2" in receipt.text
    assert "service 2 can't be reached" in receipt.text


def test_address_that_nobody_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    out = channel(tmp_path, monkeypatch, f"carrierpigeon://{TOKEN}")
    error = failure(out)
    assert isinstance(error, Rejected)
    assert TOKEN not in f"{error}{out.check()}"
    assert not out.check().ok


def test_check_sends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer):
    assert channel(tmp_path, monkeypatch, address(httpserver)).check().ok
    assert not httpserver.log


def test_secret_gone_since_the_start_loses_access(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    out = channel(tmp_path, monkeypatch, "json://x")
    monkeypatch.delenv("PUSH_URL_0")
    assert isinstance(failure(out), AccessLost)
    assert not out.check().ok


def test_interrupts_and_is_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    out = channel(tmp_path, monkeypatch, "json://x")
    assert (out.interrupts, out.repeatable, out.audience) == (True, False, Audience.PERSON)
    assert channel(tmp_path, monkeypatch, "json://x", shows="no_private").audience is Audience.OTHERS


def test_large_answer_is_no_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer):
    def answer(request: Request) -> Response:
        return Response("x" * 200_000, status=500)

    httpserver.expect_request(f"/{TOKEN}").respond_with_handler(answer)
    assert len(str(failure(channel(tmp_path, monkeypatch, address(httpserver))))) < 200


def failure(out: Push) -> ExternalError:
    with pytest.raises(ExternalError) as caught:
        out.send(a_notice(), KEY)
    return caught.value
