"""Google's SDK for one account: what is asked by it, one by one or fifty at once, and what comes of it in the house's words.

The SDK costs about half a second and 31 MB to import, so this module is imported only when an account is read. What it makes of the
discovery documents that it brings along is made once in a process and shared: it holds no state, and each request is handed the
account's own transport.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from itertools import islice
from time import sleep
from typing import Any
from urllib.parse import urlsplit
from weakref import finalize

from google.api_core.client_options import ClientOptions
from googleapiclient.discovery import build
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError

from service.errors import ExternalError, Rejected, Unavailable
from service.http import Answer, Http, Pace, Refused
from service.integrations.google import batch
from service.integrations.google.login import Login
from service.integrations.google.refusals import sorted_out
from service.integrations.google.wire import Wire

AT_ONCE = 50
"""Requests of a batch (https://developers.google.com/workspace/gmail/api/guides/batch: larger ones are likely to be throttled)."""
PAUSE = 2.0
"""Seconds before those of a batch that were refused for their haste are asked for once more."""
_NO_BATCHES = frozenset({404, 405, 501})

Got = Any | Rejected
"""What was asked for, or why this one alone can't be had: a `Refused` with its status, or that it is too large."""


class Api:
    """`service` is the SDK's own way to the API's methods: `api.call(api.service.users().getProfile(userId="me"))`."""

    def __init__(
        self, name: str, version: str, endpoint: str, login: Login, login_name: str, clock: Callable[[], datetime]
    ) -> None:
        """`endpoint`: another server's address, "" for Google's own."""
        base, self._batches = _addresses(name, version, endpoint)
        self._host = urlsplit(base).hostname or "Google"
        self._clock, self._login_name = clock, login_name
        self._wire = Wire(Http(base, clock, login=login))
        self.close = finalize(self, self._wire.close)  # at the latest when its source is let go of
        self._batched = True
        self.pace: Pace | None = None
        self.service: Any = _service(name, version, base)

    def call(self, request: Any) -> Any:
        """Its JSON, None for an empty answer. Raises Unavailable, AccessLost, Refused, Rejected."""
        self._wait()
        try:
            return request.execute(http=self._wire)
        except HttpError as error:
            raise self._sorted(error.resp, error.content) from None
        except ValueError:
            raise Unavailable(f"{self._host} answered with something that is no JSON: it is tried again") from None

    def each(self, requests: Mapping[str, Any]) -> Iterator[tuple[str, Got]]:
        """All of them in order, by batches where the server takes any. Raises what concerns more than one of them."""
        left = iter(requests.items())
        while some := dict(islice(left, AT_ONCE)):
            found = self._together(some) if self._batched and len(some) > 1 else None
            yield from ((id, found[id] if found is not None else self._alone(request)) for id, request in some.items())

    def _alone(self, request: Any) -> Got:
        try:
            return self.call(request)
        except Rejected as error:
            return error

    def _together(self, requests: Mapping[str, Any]) -> dict[str, Got] | None:
        """None where there are no batches, or where this one's answer is too large: then they are asked for one by one."""
        found = self._batch(requests)
        again = {id: requests[id] for id, got in (found or {}).items() if isinstance(got, Unavailable)}
        if found is not None and again:
            sleep(PAUSE)
            found |= self._batch(again) or {}
        worst = next(
            (got for got in (found or {}).values() if isinstance(got, ExternalError) and not isinstance(got, Rejected)), None
        )
        if worst is not None:
            raise worst
        return found

    def _batch(self, requests: Mapping[str, Any]) -> dict[str, Any] | None:
        for _ in requests:
            self._wait()
        kind, body = batch.compose(requests.values())
        try:
            response, data = self._wire.request(self._batches, "POST", body, {"content-type": kind})
        except Refused:
            raise
        except Rejected:
            return None
        if response.status in _NO_BATCHES:
            self._batched = False
            return None
        if response.status >= 300:
            raise self._sorted(response, data)
        try:
            parts = batch.read(response.get("content-type", ""), data)
            return {id: self._got(parts[number]) for number, id in enumerate(requests)}
        except (ValueError, KeyError, IndexError):
            raise Unavailable(f"{self._host} answered with half a batch: it is tried again") from None

    def _got(self, part: batch.Part) -> Any:
        """Raises ValueError where it is no JSON."""
        if part.status < 300:
            return json.loads(part.data) if part.data.strip() else None
        return self._sorted({**part.headers, "status": str(part.status)}, part.data)

    def _wait(self) -> None:
        if self.pace:
            self.pace.wait()

    def _sorted(self, response: Mapping[str, str], data: bytes) -> ExternalError:
        headers = {name.lower(): value for name, value in response.items()}
        answer = Answer(int(response["status"]), headers, data, self._host)
        return sorted_out(answer, self._clock(), self._login_name)


@cache
def _service(name: str, version: str, base: str) -> Any:
    return build(name, version, http=_Nothing(), static_discovery=True, client_options=ClientOptions(api_endpoint=base))


@cache
def _addresses(name: str, version: str, endpoint: str) -> tuple[str, str]:
    """Of the API and of its batches: the SDK moves the first alone to another server."""
    document = json.loads(get_static_doc(name, version))
    root = f"{endpoint}/" if endpoint else str(document["rootUrl"])
    return root + str(document["servicePath"]), root + str(document["batchPath"])


class _Nothing:
    """Nothing is asked but by an account's own transport."""

    def request(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError
