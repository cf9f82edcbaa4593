"""WebDAV requests to one host, which is shown the password; redirects lead nowhere else."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from service.errors import AccessLost, ExternalError, Rejected
from service.http import Answer, Fixed, Http, refusal
from service.integrations.dav.places import host, may_follow, origin
from service.integrations.dav.xml import MultiStatus, propfind

if TYPE_CHECKING:
    from httpx2 import DigestAuth

FIX = "correct `user` and `password`; a provider with two-step sign-in wants an app password"
REDIRECTS = frozenset({301, 302, 307, 308})
_MOST_REDIRECTS = 5


class Elsewhere(Rejected):
    """It sends on to a host that nobody named: `url` is where to."""

    def __init__(self, asked: str, url: str) -> None:
        super().__init__(f"{host(asked)} sends on to {host(url) or 'nowhere'}: if that is yours, name it in `url`, with https://")
        self.url = url


class Denied(AccessLost):
    """One place is closed (403); another one of the same server may be open."""


@dataclass(frozen=True, slots=True)
class Login:
    user: str
    password: str = field(repr=False)

    def basic(self) -> Fixed:
        told = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return Fixed({"Authorization": f"Basic {told}"})


@dataclass(frozen=True, slots=True)
class Reply:
    url: str  # where redirects led
    answer: Answer

    @property
    def found(self) -> MultiStatus:
        return MultiStatus(self.answer.data, self.answer.host)


class Server:
    def __init__(self, url: str, login: Login, clock: Callable[[], datetime]) -> None:
        self.origin, self._clock, self._login = origin(url), clock, login
        self._http = Http(self.origin, clock, login=login.basic(), fix=FIX)
        self._digest: DigestAuth | None = None

    def propfind(self, path: str, *names: str, depth: int = 0) -> Reply:
        """Raises Refused where nothing is there or it is no WebDAV; Elsewhere; Unavailable; Denied, or AccessLost for all of it."""
        reply = self.ask("PROPFIND", path, propfind(*names), depth=depth, accept={403})
        if reply.answer.status == 403:
            raise Denied(f"{reply.answer.host} does not let {self._login.user or 'you'} look there (403): {FIX}, or `url`")
        return reply

    def ask(
        self,
        method: str,
        path: str,
        body: str = "",
        *,
        depth: int | None = None,
        accept: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """`accept`: statuses beyond 2xx that the caller sorts by itself."""
        head = {"Content-Type": "application/xml; charset=utf-8", "Prefer": "return=minimal"} if body else {}
        head |= {"Depth": str(depth)} if depth is not None else {}
        url = self.origin + path
        for _ in range(_MOST_REDIRECTS):
            answer = self._once(method, url, body, {**head, **(headers or {})}, accept)
            if answer.status not in REDIRECTS:
                return Reply(url, answer)
            target = urljoin(url, answer.headers.get("location", ""))
            if not may_follow(url, target):
                raise Elsewhere(url, target)
            url = target
        raise Rejected(f"{host(url)} sends on from one address to the next without end: correct `url`")

    def close(self) -> None:
        self._http.close()

    def refusal(self, answer: Answer) -> ExternalError:
        """What a status means that was accepted and then found to mean nothing else."""
        return refusal(answer, self._clock(), FIX)

    def _once(self, method: str, url: str, body: str, headers: Mapping[str, str], accept: Collection[int]) -> Answer:
        answer = self._asked(method, url, body, headers, accept)
        if answer.status == 401 and self._digest is None and _offers(answer, "digest") and not _offers(answer, "basic"):
            self._turn_to_digest()
            answer = self._asked(method, url, body, headers, accept)
        if answer.status == 401 and _offers(answer, "bearer") and not _offers(answer, "basic"):
            raise AccessLost(f"{host(url)} takes no password, it signs in with OAuth: connect it by its own kind, as `google`")
        if answer.status == 401:
            raise self.refusal(answer)
        return answer

    def _asked(self, method: str, url: str, body: str, headers: Mapping[str, str], accept: Collection[int]) -> Answer:
        more: dict[str, Any] = {"auth": self._digest} if self._digest is not None else {}
        return self._http.ask(
            method, url, accept={401, *REDIRECTS, *accept}, content=body.encode(), headers=dict(headers), **more
        )

    def _turn_to_digest(self) -> None:
        """RFC 7616: the password itself is not sent. Baïkal has it as its default."""
        from httpx2 import DigestAuth

        self._http.close()
        self._http = Http(self.origin, self._clock, fix=FIX)
        self._digest = DigestAuth(self._login.user, self._login.password)


def _offers(answer: Answer, scheme: str) -> bool:
    return scheme in answer.headers.get("www-authenticate", "").lower()
