"""A vendor's HTTP interface for one account: bounded in time and size, at the vendor's pace, every failure sorted where it happens.

Connectors ask, and translate what comes back; nothing of what was sent is ever said: messages name the host alone.
"""

from __future__ import annotations

import json
import logging
import os
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from threading import Lock
from time import monotonic, sleep
from typing import Any, Protocol

import httpx2

from service.errors import AccessLost, ExternalError, Rejected, Unavailable

for chatty in ("httpx2", "httpcore2"):  # they log each address with its query, and some addresses open what they name
    logging.getLogger(chatty).setLevel(logging.WARNING)

LARGEST = 20 * 2**20
"""Bytes of one answer, unpacked."""
PATIENCE = httpx2.Timeout(20.0, connect=10.0)
LONGEST = 60.0
"""Seconds for a whole answer, however steadily it drips."""
LONGEST_WAIT = timedelta(days=1)
SHORT_WAIT = 5.0
"""Seconds: a wait that is asked for and no longer than this is kept here; a longer one is the engine's, which has other work."""


class Refused(Rejected):
    """A status that the caller did not expect. `status` and `data` (at most LARGEST) are for the connector to sort."""

    def __init__(self, message: str, status: int, data: bytes = b"") -> None:
        super().__init__(message)
        self.status, self.data = status, data


class TooLarge(Rejected):
    """An answer above what was to be taken: less of it can be asked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in lower case
    data: bytes
    host: str

    @property
    def json(self) -> Any:
        """Raises Unavailable where it is none: half an answer, or a proxy's page in between."""
        try:
            return json.loads(self.data)
        except ValueError as error:
            raise Unavailable(f"{self.host} answered with something that is no JSON: it is tried again") from error


class Login(Protocol):
    """What a request is authorised by. Asked for each request: somebody else may have renewed it meanwhile."""

    def headers(self) -> Mapping[str, str]:
        """Raises AccessLost where there is nothing to log in with, Unavailable where it can't be renewed just now."""
        ...

    def renew(self, refused: Mapping[str, str]) -> bool:
        """These headers were answered with 401. Whether there are others to try."""
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """A token or password of the config, which nobody can renew."""

    said: Mapping[str, str] = field(repr=False)

    def headers(self) -> Mapping[str, str]:
        return self.said

    def renew(self, refused: Mapping[str, str]) -> bool:  # noqa: ARG002
        return False


class Pace:
    """No more than so many requests a second, with a few at once; shared by all threads that ask for one account."""

    def __init__(self, per_second: float, burst: int = 1) -> None:
        self._every, self._burst = 1 / per_second, burst
        self._lock, self._free_at = Lock(), 0.0

    def wait(self, times: int = 1) -> None:
        """`times`: as how many requests the vendor counts what is about to be asked."""
        with self._lock:
            now = monotonic()
            self._free_at = max(self._free_at, now - self._burst * self._every) + times * self._every
            left = self._free_at - now
        if left > 0:
            sleep(left)


Sort = Callable[[Answer], ExternalError | None]
"""What a vendor means by an answer that is no success: None where the usual meaning is meant."""


class Http:
    """Safe to share between threads. `close` it, or leave it to the end of the process: it holds idle connections only."""

    def __init__(
        self,
        base_url: str,
        clock: Callable[[], datetime],
        *,
        login: Login | None = None,
        pace: Pace | None = None,
        sort: Sort = lambda _: None,
        fix: str = "connect it anew",
    ) -> None:
        """`fix`: what mends a lost access, as in "run `reveille connect google`"."""
        self._client = httpx2.Client(
            base_url=base_url, timeout=PATIENCE, follow_redirects=False, verify=_trust(*map(os.environ.get, _NAMED))
        )
        self._clock, self._login, self._pace, self._sort, self._fix = clock, login, pace, sort, fix

    def get(self, path: str, **params: str | int | bool | None) -> Any:
        """The JSON at `path`; parameters that are None are left out."""
        return self.ask("GET", path, params={k: v for k, v in params.items() if v is not None}).json

    def ask(
        self,
        method: str,
        path: str,
        *,
        accept: Collection[int] = (),
        largest: int = LARGEST,
        cut: bool = False,
        **request: Any,
    ) -> Answer:
        """A 2xx or one of `accept`, of no more than `largest` bytes; with `cut` what is beyond these is left where it is. `request` as
        httpx2 takes it: params, json, data, content, headers. Raises Unavailable (with what Retry-After says), AccessLost (401, and
        403 where the vendor's `sort` does not know better), TooLarge or Refused.
        """
        used = self._login.headers() if self._login else {}
        bounds = (largest, cut)
        answer = self._once(method, path, request, used, *bounds)
        if answer.status == 401 and self._login is not None and self._login.renew(used):
            used = self._login.headers()
            answer = self._once(method, path, request, used, *bounds)
        again = answer.status == 429 or (answer.status == 503 and method not in _ACTS)
        if again and (wait := _short(answer, self._clock())) is not None:
            sleep(wait)
            answer = self._once(method, path, request, used, *bounds)
        if answer.status < 300 or answer.status in accept:
            return answer
        raise self._sort(answer) or refusal(answer, self._clock(), self._fix)

    def close(self) -> None:
        self._client.close()

    def _once(
        self, method: str, path: str, request: Mapping[str, Any], login: Mapping[str, str], largest: int, cut: bool
    ) -> Answer:
        if self._pace:
            self._pace.wait()
        headers = {"User-Agent": "Reveille", **login, **request.get("headers", {})}
        host = self._client.base_url.host
        with told(host), self._client.stream(method, path, **{**request, "headers": headers}) as response:
            data = body(response, host, largest, cut=cut)
            return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, data, host)


_ACTS = frozenset(("POST", "PATCH"))
"""What may have been done although the answer is a 503: whoever asked decides whether to ask again (RFC 9110 section 9.2.2)."""
_NAMED = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@cache
def _trust(*_named: str | None) -> ssl.SSLContext:
    """Whom to believe, read once for what the environment names: it takes a megabyte, and there may be a hundred accounts."""
    return httpx2.create_ssl_context()


def _short(answer: Answer, now: datetime) -> float | None:
    """Seconds that are worth waiting for here."""
    wait = retry_after(answer.headers.get("retry-after", ""), now)
    return wait.total_seconds() if wait is not None and wait.total_seconds() <= SHORT_WAIT else None


@contextmanager
def told(host: str, fix: str = "correct its address") -> Iterator[None]:
    """Errors of the transport in the house's words."""
    try:
        yield
    except httpx2.TimeoutException as error:
        raise Unavailable(f"{host} did not answer in time: it is tried again") from error
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.TooManyRedirects) as error:
        raise Rejected(f"the address at {host} leads nowhere: {fix}") from error
    except httpx2.ConnectError as error:
        raise Unavailable(
            f"{host} can't be reached ({type(error).__name__}): check the network and the address", unsent=True
        ) from error
    except httpx2.HTTPError as error:
        raise Unavailable(f"{host} can't be reached ({type(error).__name__}): check the network and the address") from error


def body(response: httpx2.Response, host: str, largest: int = LARGEST, *, cut: bool = False) -> bytes:
    """`cut`: the rest is left where it is. Raises TooLarge where it is larger, Unavailable where it drips."""
    until = monotonic() + LONGEST
    data = bytearray()
    for chunk in response.iter_bytes():
        data += chunk
        if len(data) > largest and cut:
            return bytes(data[:largest])
        if len(data) > largest:
            raise TooLarge(f"the answer of {host} is larger than {largest >> 20} MB: ask for less of it")
        if monotonic() > until:
            raise Unavailable(f"{host} sends too slowly: it is tried again")
    return bytes(data)


def refusal(answer: Answer, now: datetime, fix: str) -> ExternalError:
    """What a status means wherever its vendor says nothing else (RFC 9110 section 15, RFC 6585)."""
    status, host = answer.status, answer.host
    if status == 401:
        return AccessLost(f"{host} refuses the login ({status}): {fix}")
    if status == 403:
        return AccessLost(f"{host} refuses access ({status}): {fix}, with all of the rights it asks for")
    if status in {408, 425, 429} or status >= 500 or status < 400:
        wait = retry_after(answer.headers.get("retry-after", ""), now)
        return Unavailable(f"{host} has no answer just now ({status}): it is tried again", retry_after=wait, unsent=status == 429)
    return Refused(f"{host} rejects the request ({status})", status, answer.data)


def retry_after(value: str, now: datetime) -> timedelta | None:
    """Seconds or a date (RFC 9110 section 10.2.3); at most a day. None where it says neither."""
    if value.strip().isdigit():
        return min(timedelta(seconds=int(value.strip()[:6])), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta(0)), LONGEST_WAIT)
