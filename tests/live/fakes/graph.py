"""Microsoft Graph for one mailbox, as its published reference says, and no more lenient than that.

https://learn.microsoft.com/graph/api/message-delta, …/mailfolder-delta, …/event-delta, …/user-list-calendarview, …/event-list-instances,
…/outlook-get-mime-message, …/message-update, …/user-post-messages, …/message-send, …/user-post-events; https://learn.microsoft.com/graph/json-batching,
…/outlook-immutable-id, …/errors, …/throttling. What Graph answers to occurrences in a delta (id, times and master alone) is said in
https://github.com/microsoftgraph/microsoft-graph-docs/issues/7632.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.live.fakes.graph_calendar import Calendars
from tests.live.fakes.graph_delta import Links
from tests.live.fakes.graph_mail import Mailbox
from tests.live.fakes.graph_parts import Call, Wrong, wrong
from tests.live.fakes.serving import Said, Serving

USER_FIELDS = frozenset({"id", "displayName", "mail", "userPrincipalName", "givenName", "surname", "jobTitle"})


class FakeGraph:
    """`tokens`: which access tokens are good, with their scopes. `base`: the address that links are made with."""

    def __init__(self, address: str = "mara@keller.example") -> None:
        self.address = address
        self.tokens: dict[str, frozenset[str]] = {}
        self.base = ""
        self.faults: list[list[Any]] = []  # inside of batches: [pattern, status, headers, times]
        self.served: list[str] = []  # each request, those inside of batches by themselves
        self.links = Links(lambda: f"{self.base}/v1.0")
        self.mail = Mailbox(self.links)
        self.calendars = Calendars(self.links, address)
        self.serving = Serving(self.answer)

    def __enter__(self) -> Self:
        self.serving.__enter__()
        self.base = self.base or f"http://127.0.0.1:{self.serving.port}"
        return self

    def __exit__(self, *_: object) -> None:
        self.serving.__exit__()

    def fail_inside(self, where: str, status: int, times: int = 1, **headers: str) -> None:
        self.faults.append([where, status, headers, times])

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Said:
        scopes = self.tokens.get(headers.get("authorization", "").removeprefix("Bearer "))
        if scopes is None:
            return Wrong(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.").said
        if not path.startswith("/v1.0/"):
            return wrong("BadRequest", "Resource not found for the segment.").said
        try:
            path = path.removeprefix("/v1.0")
            if path == "/$batch":
                return self._batch(method, headers, body, scopes)
            return self._one(method, path, headers, body, scopes)
        except Wrong as error:
            return error.said

    def _batch(self, method: str, headers: Mapping[str, str], body: bytes, scopes: frozenset[str]) -> Said:
        if method != "POST" or "application/json" not in headers.get("content-type", ""):
            raise wrong("BadRequest", "A batch is a POST of JSON.")
        requests = json.loads(body).get("requests")
        if not isinstance(requests, list) or not requests or len(requests) > 20:
            raise wrong("BadRequest", "Number of batch request steps must be 1 to 20.")
        if len({one.get("id") for one in requests}) != len(requests) or any(
            not {"id", "method", "url"} <= one.keys() for one in requests
        ):
            raise wrong("BadRequest", "Each request has an id of its own, a method and a url.")
        return Said(200, {"responses": [self._step(one, scopes) for one in reversed(requests)]})

    def _step(self, one: Mapping[str, Any], scopes: frozenset[str]) -> dict[str, Any]:
        headers = {k.lower(): v for k, v in one.get("headers", {}).items()}
        said = self._fault(f"{one['method']} {one['url']}")
        try:
            body = json.dumps(one["body"]).encode() if "body" in one else b""
            said = said or self._one(one["method"], one["url"], headers, body, scopes)
        except Wrong as error:
            said = error.said
        content = base64.b64encode(said.body).decode() if isinstance(said.body, bytes) else said.body
        return {"id": one["id"], "status": said.status, "headers": dict(said.headers), "body": content}

    def _fault(self, what: str) -> Said | None:
        for fault in self.faults:
            if re.search(fault[0], what):
                fault[3] -= 1
                if fault[3] <= 0:
                    self.faults.remove(fault)
                return Wrong(fault[1], "TooManyRequests" if fault[1] == 429 else "UnknownError", "Fault.", fault[2]).said
        return None

    def _one(self, method: str, path: str, headers: Mapping[str, str], body: bytes, scopes: frozenset[str]) -> Said:
        self.served.append(f"{method} {path}")
        parts = urlsplit(path)
        for who in ("/me", f"/users/{self.address}"):
            if parts.path == who or parts.path.startswith(f"{who}/"):
                break
        else:
            raise Wrong(404, "Request_ResourceNotFound", "Resource does not exist.")
        below = unquote(parts.path.removeprefix(who))
        call = Call(method, who, below, dict(parse_qsl(parts.query)), _prefer(headers), headers, body, scopes)
        if below == "":
            return self._user(call)
        known: dict[str, Callable[[Call], Said]] = {"mailFolders": self.mail.answer, "messages": self.mail.answer}
        known |= dict.fromkeys(("calendars", "calendarView", "events", "calendar"), self.calendars.answer)
        segment = below.split("/")[1]
        if segment not in known:
            raise wrong("BadRequest", f"Resource not found for the segment '{segment}'.")
        return known[segment](call)

    def _user(self, call: Call) -> Said:
        call.needs("User.Read", "User.ReadBasic.All")
        call.takes("$select")
        user = {"id": "u-1", "displayName": "Mara Keller", "mail": self.address, "userPrincipalName": self.address}
        return Said(200, {k: v for k, v in user.items() if k in call.select(USER_FIELDS)})


def _prefer(headers: Mapping[str, str]) -> dict[str, str]:
    """Preferences that are not known are left alone (RFC 7240 section 2)."""
    pairs = (one.strip().partition("=") for one in headers.get("prefer", "").split(","))
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}
