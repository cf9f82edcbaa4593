"""One bounded GET: in time, in size, and with every way it can fail told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic

import httpx2

from service.errors import AccessLost, ExternalError, Rejected, Unavailable

LARGEST = 20 * 2**20  # bytes, unpacked
_PATIENCE = httpx2.Timeout(20.0, connect=10.0)
_LONGEST = 60.0  # seconds for a whole answer, however steadily it drips
_CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
_LONGEST_WAIT = timedelta(days=1)


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
    try:
        with (
            httpx2.Client(timeout=_PATIENCE, follow_redirects=True, max_redirects=5) as client,
            client.stream("GET", url, headers=headers) as response,
        ):
            if response.status_code == 304 and tags:
                return None
            if response.status_code != 200:
                raise _refusal(response, host, clock())
            data = _body(response, host)
            return Answer(data, {name: response.headers[name] for name in _CONDITIONS if name in response.headers})
    except httpx2.TimeoutException as error:
        raise Unavailable(f"{host} did not answer in time: it is tried again") from error
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.TooManyRedirects) as error:
        raise Rejected(f"the calendar's address at {host} leads nowhere: correct `url`") from error
    except httpx2.HTTPError as error:
        raise Unavailable(f"{host} can't be reached ({type(error).__name__}): check the network and the address") from error


def _body(response: httpx2.Response, host: str) -> bytes:
    until = monotonic() + _LONGEST
    data = bytearray()
    for chunk in response.iter_bytes():
        data += chunk
        if len(data) > LARGEST:
            raise Rejected(f"the calendar at {host} is larger than {LARGEST >> 20} MB: subscribe to a smaller one")
        if monotonic() > until:
            raise Unavailable(f"{host} sends too slowly: it is tried again")
    return bytes(data)


def _refusal(response: httpx2.Response, host: str, now: datetime) -> ExternalError:
    status = response.status_code
    if status in {401, 403}:
        return AccessLost(f"{host} refuses access ({status}): make a new secret address in your calendar and set `url`")
    if status in {404, 410}:
        return Rejected(f"{host} has no calendar at this address ({status}): copy the address anew and set `url`")
    if status in {408, 425, 429} or status >= 500 or status < 400:
        wait = _retry_after(response.headers.get("retry-after", ""), now)
        return Unavailable(f"{host} has no answer just now ({status}): it is tried again", retry_after=wait)
    return Rejected(f"{host} rejects the request ({status}): correct `url`")


def _retry_after(value: str, now: datetime) -> timedelta | None:
    """Seconds or a date (RFC 9110 section 10.2.3); at most a day. None where it says neither."""
    if value.strip().isdigit():
        return min(timedelta(seconds=int(value.strip()[:6])), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta(0)), _LONGEST_WAIT)
