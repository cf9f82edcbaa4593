"""Many requests in one (https://developers.google.com/workspace/gmail/api/guides/batch): multipart/mixed of application/http.

Written here and not by the SDK, whose way through the standard library's mail package takes a millisecond for a message: more than
all else that is done with it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from email.message import Message
from typing import Any, NamedTuple
from urllib.parse import urlsplit


class Part(NamedTuple):
    status: int
    headers: Mapping[str, str]  # names in lower case
    data: bytes


def compose(requests: Iterable[Any]) -> tuple[str, bytes]:
    """Content type and body. `requests` are the SDK's, without bodies; they are numbered in their order."""
    mark = f"batch_{secrets.token_hex(12)}"
    parts = [_part(number, request) for number, request in enumerate(requests)]
    body = "".join(f"--{mark}\r\n{part}\r\n" for part in parts) + f"--{mark}--\r\n"
    return f'multipart/mixed; boundary="{mark}"', body.encode()


def _part(number: int, request: Any) -> str:
    parts = urlsplit(request.uri)
    return (
        f"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <part-{number}>\r\n\r\n"
        f"{request.method} {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: application/json\r\n\r\n"
    )


def read(content_type: str, data: bytes) -> dict[int, Part]:
    """Answers by the number of their request: they come in any order. Raises ValueError for what is no batch's answer."""
    head = Message()
    head["Content-Type"] = content_type
    mark = head.get_boundary()
    if head.get_content_maintype() != "multipart" or not mark:
        raise ValueError("no multipart answer")
    return dict(_answer(piece) for piece in _pieces(data, mark.encode("ascii", "replace")))


def _pieces(data: bytes, mark: bytes) -> Iterator[bytes]:
    """What stands between the delimiters (RFC 2046 section 5.1.1). Raises ValueError where the last one is missing."""
    pieces = (b"\n" + data).split(b"\n--" + mark)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise ValueError("the answer ends in the middle")
    return iter(pieces[1:-1])


def _answer(piece: bytes) -> tuple[int, Part]:
    outer, inner = _halves(piece)
    head, body = _halves(inner)
    line, _, rest = head.lstrip().partition(b"\n")
    number = _headers(outer).get("content-id", "").rpartition("part-")[2].strip(" >")
    return int(number), Part(int(line.split(None, 2)[1]), _headers(rest), body)


def _halves(text: bytes) -> tuple[bytes, bytes]:
    """Headers and what comes after the first empty line, whichever line ends there are."""
    text = text.lstrip(b"\r\n")
    at, width = min((found, len(end)) for end in (b"\r\n\r\n", b"\n\n") if (found := text.find(end)) >= 0)
    return text[:at], text[at + width :]


def _headers(text: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in text.decode("latin-1").splitlines())
    return {name.strip().lower(): value.strip() for name, colon, value in lines if colon}
