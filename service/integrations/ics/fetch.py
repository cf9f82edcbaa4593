"""One bounded GET: in time, in size, and with every way it can fail told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx2

from service.errors import AccessLost, ExternalError, Rejected, Unavailable
from service.http import PATIENCE, body, retry_after, told

_CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


@dataclass(frozen=True, slots=True)
class Answer:
    """`tags` are what to send with the next request, so that what didn't change needn't be sent again."""

    data: bytes
    tags: Mapping[str, str]


def fetch(url: str, clock: Callable[[], datetime], tags: Mapping[str, str]) -> Answer | None:
    """None where nothing changed since the answer with these tags. Messages name the host only: the address may be secret."""
    host = httpx2.URL(url).host
    headers = {"Accept": "text/calendar, */*;q=0.1", "User-Agent": "Reveille"}
    headers |= {_CONDITIONS[name]: value for name, value in tags.items() if name in _CONDITIONS}
    with (
        told(host, "correct `url`"),
        httpx2.Client(timeout=PATIENCE, follow_redirects=True, max_redirects=5) as client,
        client.stream("GET", url, headers=headers) as response,
    ):
        if response.status_code == 304 and tags:
            return None
        if response.status_code != 200:
            raise _refusal(response, host, clock())
        data = body(response, host)
        return Answer(data, {name: response.headers[name] for name in _CONDITIONS if name in response.headers})


def _refusal(response: httpx2.Response, host: str, now: datetime) -> ExternalError:
    status = response.status_code
    if status in {401, 403}:
        return AccessLost(f"{host} refuses access ({status}): make a new secret address in your calendar and set `url`")
    if status in {404, 410}:
        return Rejected(f"{host} has no calendar at this address ({status}): copy the address anew and set `url`")
    if status in {408, 425, 429} or status >= 500 or status < 400:
        wait = retry_after(response.headers.get("retry-after", ""), now)
        return Unavailable(f"{host} has no answer just now ({status}): it is tried again", retry_after=wait)
    return Rejected(f"{host} rejects the request ({status}): correct `url`")
