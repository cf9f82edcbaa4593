"""Batches as Google answers them (https://developers.google.com/workspace/gmail/api/guides/batch)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from service.integrations.google.batch import compose, read

ANSWER = (
    b"--b\r\nContent-Type: application/http\r\nContent-ID: <response-part-1>\r\n\r\n"
    b'HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nRetry-After: 3\r\n\r\n{"error": 1}\r\n\r\n'
    b"--b\r\nContent-Type: application/http\r\nContent-ID: <response-part-0>\r\n\r\n"
    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\r\n\r\n"id": "a--b"}\r\n'
    b"--b--\r\n"
)


@dataclass
class Asked:
    uri: str
    method: str = "GET"


def test_answers_are_told_apart_by_their_number_in_any_order() -> None:
    parts = read('multipart/mixed; boundary="b"', ANSWER)
    assert (parts[0].status, parts[0].data.split()) == (200, [b"{", b'"id":', b'"a--b"}'])
    assert (parts[1].status, parts[1].headers["retry-after"], parts[1].data.strip()) == (404, "3", b'{"error": 1}')


def test_plain_line_ends_do() -> None:
    assert read("multipart/mixed; boundary=b", ANSWER.replace(b"\r\n", b"\n")).keys() == {0, 1}


@pytest.mark.parametrize("cut", range(0, len(ANSWER) - 8, 7))
def test_half_an_answer_is_none(cut: int) -> None:
    with pytest.raises(ValueError):
        read("multipart/mixed; boundary=b", ANSWER[:cut])


@pytest.mark.parametrize("kind", ["", "application/json", "multipart/mixed", "multipart/mixed; boundary="])
def test_what_is_no_batch_is_none(kind: str) -> None:
    with pytest.raises(ValueError):
        read(kind, ANSWER)


def test_each_request_stands_for_itself() -> None:
    kind, body = compose(
        [Asked("https://gmail.googleapis.com/gmail/v1/users/me/messages/a?format=raw"), Asked("https://x/y?z=1")]
    )
    mark = kind.partition('boundary="')[2].rstrip('"')
    assert body.decode().count(f"--{mark}") == 3
    assert "GET /gmail/v1/users/me/messages/a?format=raw HTTP/1.1\r\nHost: gmail.googleapis.com\r\n" in body.decode()
    assert "Content-ID: <part-1>" in body.decode()
