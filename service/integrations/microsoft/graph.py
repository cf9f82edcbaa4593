"""Microsoft Graph for one mailbox (https://learn.microsoft.com/graph/use-the-api): bounded, paced, and on its configured host alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import sleep
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from service.domain.credentials import Credential
from service.errors import Unavailable
from service.http import SHORT_WAIT, Answer, Http, Login, Pace, Refused, refusal
from service.integrations.microsoft import refusals
from service.integrations.microsoft.batches import MOST, Ask, Part, parts, wait

VERSION = "/v1.0"
IMMUTABLE = 'IdType="ImmutableId"'
"""https://learn.microsoft.com/graph/outlook-immutable-id: has to stand in each request, also inside of a batch."""
TRIES = 4


def quota() -> Pace:
    """10,000 requests in 10 minutes for an app and a mailbox, each one in a batch counts; some are left to the person's other sources
    (https://learn.microsoft.com/graph/throttling-limits#outlook-service-limits).
    """
    return Pace(14, burst=8000)


class Graph:
    """Paths are below the mailbox ("/messages") unless they are links that Graph has handed out."""

    def __init__(
        self,
        base: str,
        who: str,
        clock: Callable[[], datetime],
        login: Login,
        *,
        pace: Pace | None = None,
        needs: str = "",
        fix: str = "run `reveille connect microsoft`",
    ) -> None:
        """`base` without the version; `who` is "/me" or "/users/ADDRESS"; `needs` the right that an error names."""
        self._base, self._who, self._clock, self._pace = f"{base}{VERSION}", who, clock, pace or quota()
        self._needs, self._fix = needs, fix
        self.owner = who
        """Whose mailbox it is: what was read of another's means nothing here."""
        self._http = Http(self._base, clock, login=login, sort=partial(refusals.sort, needs, fix), fix=fix)

    @classmethod
    def of(cls, credential: Credential, clock: Callable[[], datetime], login: Login, **more: Any) -> Graph:
        mailbox = more.pop("mailbox", "") or credential.about.get("mailbox", "")
        who = f"/users/{quote(mailbox, safe='@')}" if mailbox else "/me"
        graph = cls(credential.about["graph"], who, clock, login, **more)
        graph.owner = mailbox or credential.login
        return graph

    @property
    def host(self) -> str:
        return urlsplit(self._base).hostname or ""

    def path(self, below: str, params: Mapping[str, str | int] | None = None) -> str:
        """As a batch takes it and as it is kept: from the version on, with its query."""
        query = urlencode(params or {}, quote_via=quote, safe="$,:'")
        return f"{self._who}{below}{'?' if query else ''}{query}"

    def get(self, below: str, params: Mapping[str, str | int] | None = None, prefer: Sequence[str] = ()) -> Any:
        return self.follow(self.path(below, params), prefer)

    def follow(self, path: str, prefer: Sequence[str] = ()) -> Any:
        return _object(self.ask("GET", path, headers=preferring(prefer)).json)

    def ask(self, method: str, path: str, **request: Any) -> Answer:
        """`path` from the version on. Raises what `Http.ask` raises."""
        self._pace.wait()
        return self._http.ask(method, path, **request)

    def act(self, method: str, below: str, **request: Any) -> Any:
        """None where there is nothing to say (202, 204)."""
        answer = self.ask(method, self.path(below), **request)
        return _object(answer.json) if answer.data.strip() else None

    def link(self, url: str) -> str:
        """A link that Graph handed out, as it is kept. One to another place is never followed: it would be shown the token."""
        parts, base = urlsplit(url), urlsplit(self._base)
        here = (parts.scheme, parts.hostname, parts.port) == (base.scheme, base.hostname, base.port)
        if not here or not parts.path.startswith(f"{base.path}/"):
            raise Unavailable(f"{self.host} pointed to another server than itself, which is not followed: it is tried again")
        return parts.path.removeprefix(base.path) + (f"?{parts.query}" if parts.query else "")

    def batch(self, asks: Sequence[Ask]) -> Iterator[Part]:
        """Answers in the order of `asks`, as many in one request as Graph takes. What was too much for now is asked again alone; what stays
        refused for that reason raises Unavailable, a login that is no good AccessLost; other refusals are the caller's, those of the server's
        own making (500) after it was asked twice.
        """
        for start in range(0, len(asks), MOST):
            yield from self._some(asks[start : start + MOST])

    def close(self) -> None:
        self._http.close()

    def _some(self, asks: Sequence[Ask]) -> list[Part]:
        found: dict[int, Part] = {}
        for attempt in range(TRIES):
            left = [number for number in range(len(asks)) if number not in found]
            self._pace.wait(len(left))
            answers = parts(self._http.ask("POST", "/$batch", json=_envelope(asks, left)).json)
            again = {n for n, part in answers.items() if part.busy or (part.broken and attempt == 0)}
            found |= {n: part for n, part in answers.items() if n not in again}
            busy = [answers.get(number) for number in left if number not in found]
            if not busy:
                return [self._sorted(found[number]) for number in range(len(asks))]
            self._pause(busy, attempt)
        raise AssertionError

    def _pause(self, busy: Sequence[Part | None], attempt: int) -> None:
        """Raises Unavailable where it is asked to wait long, or was asked often enough."""
        longest = wait([p for p in busy if p is not None], self._clock())
        seconds = longest.total_seconds() if longest is not None else 1.0
        if seconds > SHORT_WAIT or attempt == TRIES - 1:
            after = longest if longest is not None else timedelta(minutes=1)
            raise Unavailable(f"{self.host} has no answer just now: it is tried again", retry_after=after)
        sleep(seconds)

    def _sorted(self, part: Part) -> Part:
        """A refusal of the login or the mailbox holds for all that is asked; a 404 for one thing alone."""
        if part.status in {401, 403} and (error := refusals.meant(part.status, part.body, self._needs, self._fix)):
            raise error
        return part

    def refused(self, part: Part) -> Exception:
        """What a part that is no success means by itself."""
        answer = Answer(part.status, part.headers, b"", self.host)
        return refusals.meant(part.status, part.body, self._needs, self._fix) or refusal(answer, self._clock(), self._fix)


def preferring(prefer: Sequence[str]) -> dict[str, str]:
    return {"Prefer": ", ".join(prefer)} if prefer else {}


def gone(error: Refused) -> bool:
    """Whether a link that was handed out is no good any more."""
    try:
        body = json.loads(error.data) if error.data else None
    except ValueError:
        body = None
    return refusals.expired(error.status, body)


def _envelope(asks: Sequence[Ask], which: Sequence[int]) -> dict[str, Any]:
    return {"requests": [asks[number].request(number) for number in which]}


def _object(said: Any) -> Any:
    if not isinstance(said, dict):
        raise Unavailable("Microsoft answered with something else than was asked: it is tried again")
    return said
