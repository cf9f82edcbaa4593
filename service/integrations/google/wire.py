"""What Google's SDK sends goes over the house's HTTP: bounded in time and size, with one renewal of the login and one short wait.

The SDK takes anything that is called as httplib2 is; httplib2 itself knows no bound for an answer's size or for a slow drip, and
is not safe to share between threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.http import Http
from service.integrations.google.quiet import hush

BATCH = 32 * 2**20
"""Bytes of a batch's answer. One that is larger is asked for again one by one."""
LARGEST = 80 * 2**20
"""Bytes of any other: a message of 50 MB, which is the most that Gmail takes in, in base64."""
_ANY = range(300, 600)
_THEIRS = frozenset({"user-agent", "accept-encoding", "content-length"})


hush()


class Wire:
    """Safe to share between threads, as `Http` is."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def request(
        self, uri: str, method: str = "GET", body: str | bytes | None = None, headers: Mapping[str, str] | None = None, **_: Any
    ) -> tuple[Any, bytes]:
        """An `httplib2.Response` of whatever status, and the body. Raises as `Http.ask` does."""
        from httplib2 import Response

        kept = {name: value for name, value in (headers or {}).items() if name.lower() not in _THEIRS}
        kept["User-Agent"] = "Reveille (gzip)"  # without the word Google does not pack its answers
        largest = BATCH if "multipart/mixed" in kept.get("content-type", "") else LARGEST
        answer = self._http.ask(method, uri, accept=_ANY, largest=largest, content=body, headers=kept)
        return Response({**answer.headers, "status": str(answer.status)}), answer.data

    def close(self) -> None:
        self._http.close()
