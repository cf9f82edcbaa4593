"""Google's sign-in, Gmail and Calendar, as far as they are documented, for one account; strict where Google is.

- OAuth: https://developers.google.com/identity/protocols/oauth2/native-app and …/oauth2/service-account, RFC 6749, RFC 7636
- Batches: https://developers.google.com/workspace/gmail/api/guides/batch; partial answers: …/guides/performance#partial
- Errors: https://developers.google.com/workspace/gmail/api/guides/handle-errors, …/calendar/api/guides/errors
- Gmail: `google_mail`, Calendar: `google_calendar`, Pub/Sub and Gmail's watch: `google_pubsub`
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from tests.live.fakes.google_calendar import Calendars
from tests.live.fakes.google_mail import Mailbox
from tests.live.fakes.google_pubsub import PubSub
from tests.live.fakes.google_rules import Fault, partial
from tests.live.loopback import Hosted

CLIENT = {"client_id": "1234-reveille.apps.googleusercontent.com", "client_secret": "GOCSPX-its-client-secret"}
LARGEST_BATCH = 100
_EVERYWHERE = {"alt", "fields", "prettyPrint", "quotaUser", "key"}


@dataclass
class Request:
    """What a method of an API is asked."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any = None
    scopes: frozenset[str] = frozenset()
    only_if: str = ""  # If-Match: the etag that it is about

    def need(self, *scopes: str) -> None:
        """One of these was granted."""
        if self.scopes.isdisjoint(f"https://www.googleapis.com/auth/{scope}" for scope in scopes):
            raise Fault(403, "insufficientPermissions", "Request had insufficient authentication scopes.")

    def only(self, *known: str) -> None:
        if strange := set(self.query) - set(known) - _EVERYWHERE:
            raise Fault(400, "invalidParameter", f"Unknown name {sorted(strange)}")

    def word(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]

    def number(self, name: str, default: int, most: int) -> int:
        said = self.word(name, str(default))
        if not said.isdigit() or not 0 < int(said) <= most:
            raise Fault(400, "invalidArgument", f"Invalid {name}")
        return int(said)


@dataclass
class OAuth:
    """Codes and tokens. `people` are scopes by access token; a refresh token is good until it is revoked."""

    people: dict[str, frozenset[str]] = field(default_factory=dict)
    refreshing: dict[str, frozenset[str]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refuses: str = ""  # the error that the consent page sends back
    unticked: frozenset[str] = frozenset()  # scopes that the person does not grant
    refreshes: int = 0
    robots: dict[str, str] = field(default_factory=dict)  # a service account's address → its public key (PEM)
    delegated: frozenset[str] = frozenset()  # scopes that the organisation delegated

    def grant(self, *scopes: str) -> tuple[str, str]:
        """An access token and a refresh token, as after a sign-in. Scopes in short: "gmail.readonly"."""
        found = frozenset(f"https://www.googleapis.com/auth/{scope}" for scope in scopes)
        access, refresh = self._access(found), "1//" + secrets.token_urlsafe(30)
        self.refreshing[refresh] = found
        return access, refresh

    def consent(self, said: Mapping[str, str]) -> str:
        """Where the browser goes on to."""
        known = {"response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"}
        if set(said) - known - {"access_type", "prompt", "login_hint", "include_granted_scopes"}:
            raise Fault(400, "invalid_request", "unknown parameter")
        if said.get("client_id") != CLIENT["client_id"] or said.get("response_type") != "code":
            raise Fault(401, "invalid_client", "The OAuth client was not found.")
        if not re.fullmatch(r"http://(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?(/.*)?", said.get("redirect_uri", "")):
            raise Fault(400, "redirect_uri_mismatch", "not a loopback address")
        if said.get("code_challenge_method") != "S256" or len(said.get("code_challenge", "")) != 43:
            raise Fault(400, "invalid_request", "PKCE is missing")
        if self.refuses:
            return said["redirect_uri"] + "?" + urlencode({"error": self.refuses, "state": said.get("state", "")})
        code = "4/" + secrets.token_urlsafe(16)
        self.codes[code] = dict(said)
        granted = " ".join(s for s in said["scope"].split() if s not in self.unticked)
        return said["redirect_uri"] + "?" + urlencode({"state": said.get("state", ""), "code": code, "scope": granted})

    def token(self, said: Mapping[str, str]) -> dict[str, Any]:
        grants = {"authorization_code": self._by_code, "refresh_token": self._by_refresh_token}
        grants["urn:ietf:params:oauth:grant-type:jwt-bearer"] = self._by_assertion
        if said.get("grant_type") not in grants:
            raise Fault(400, "unsupported_grant_type", "", flat=True)
        return grants[said["grant_type"]](said)

    def revoke(self, token: str) -> None:
        """https://developers.google.com/identity/protocols/oauth2/native-app#tokenrevoke: all that came of one consent goes."""
        if token not in self.people and token not in self.refreshing:
            raise Fault(400, "invalid_token", "Token expired or revoked", flat=True)
        self.people.clear()
        self.refreshing.clear()

    def _by_code(self, said: Mapping[str, str]) -> dict[str, Any]:
        self._client(said)
        asked = self.codes.pop(said.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != said.get("redirect_uri"):
            raise Fault(400, "invalid_grant", "Malformed auth code.", flat=True)
        digest = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            raise Fault(400, "invalid_grant", "Invalid code verifier.", flat=True)
        scopes = frozenset(asked["scope"].split()) - self.unticked
        answer = self._answer(scopes)
        if asked.get("access_type") == "offline":
            answer["refresh_token"] = "1//" + secrets.token_urlsafe(30)
            self.refreshing[answer["refresh_token"]] = scopes
        return answer

    def _by_refresh_token(self, said: Mapping[str, str]) -> dict[str, Any]:
        self._client(said)
        scopes = self.refreshing.get(said.get("refresh_token", ""))
        if scopes is None:
            raise Fault(400, "invalid_grant", "Token has been expired or revoked.", flat=True)
        self.refreshes += 1
        return self._answer(scopes)

    def _by_assertion(self, said: Mapping[str, str]) -> dict[str, Any]:
        from google.auth import jwt

        claims = jwt.decode(said["assertion"], verify=False)
        key = self.robots.get(str(claims.get("iss")))
        try:
            jwt.decode(said["assertion"], certs=key)
        except ValueError as error:
            raise Fault(400, "invalid_grant", f"Invalid JWT: {error}", flat=True) from error
        scopes = frozenset(claims["scope"].split())
        if claims.get("sub") and not scopes <= self.delegated:
            raise Fault(401, "unauthorized_client", "Client is unauthorized to retrieve access tokens.", flat=True)
        return self._answer(scopes)

    def _client(self, said: Mapping[str, str]) -> None:
        if {key: said.get(key) for key in CLIENT} != CLIENT:
            raise Fault(401, "invalid_client", "The OAuth client was not found.", flat=True)

    def _answer(self, scopes: frozenset[str]) -> dict[str, Any]:
        return {
            "access_token": self._access(scopes),
            "expires_in": 3599,
            "scope": " ".join(sorted(scopes)),
            "token_type": "Bearer",
        }

    def _access(self, scopes: frozenset[str]) -> str:
        token = "ya29." + secrets.token_urlsafe(30)
        self.people[token] = scopes
        return token


class Google(Hosted):
    """`with Google() as google: …` serves on `google.port`: sign-in, both APIs and their batches."""

    def __init__(self, email: str = "mara@keller.example", *, batches: bool = True) -> None:
        self.oauth = OAuth()
        self.mail, self.calendars = Mailbox(email), Calendars(email)
        self.pubsub = PubSub(email)
        self.batches = batches
        self.inner: list[str] = []
        """Method and path of all that batches held."""
        self.fails_inside: list[Fault] = []
        """What happens to the next requests inside of a batch."""
        self._lock = threading.Lock()
        self.host(self._handler())

    def client_file(self, url: str = "") -> dict[str, Any]:
        at = url or self.url
        return {
            "installed": {
                **CLIENT,
                "auth_uri": f"{at}/o/oauth2/auth",
                "token_uri": f"{at}/token",
                "redirect_uris": ["http://localhost"],
            }
        }

    # --- answering -----------------------------------------------------------------------------------------------------------

    def _answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        path = urlsplit(target).path
        try:
            if path == "/o/oauth2/auth" and method == "GET":
                return 302, {"Location": self.oauth.consent(dict(parse_qsl(urlsplit(target).query)))}, b""
            if path in {"/token", "/revoke"} and method == "POST":
                said = dict(parse_qsl(body.decode())) | _basic(headers.get("authorization", ""))
                return _json(200, self.oauth.token(said) if path == "/token" else self.oauth.revoke(said.get("token", "")) or {})
            if path in {"/batch", "/batch/calendar/v3"} and method == "POST" and self.batches:
                return self._batch(headers, body)
            return _json(200, self._call(method, target, headers.get("authorization", ""), body, headers.get("if-match", "")))
        except Fault as fault:
            return fault.status, {"Content-Type": "application/json; charset=UTF-8", **fault.headers}, fault.json

    def _call(self, method: str, target: str, authorization: str, body: bytes, only_if: str = "") -> Any:
        parts = urlsplit(target)
        apis = (("/gmail/v1/", self.mail), ("/calendar/v3/", self.calendars), ("/v1/projects/", self.pubsub))
        api = next((one for start, one in apis if parts.path.startswith(start)), None)
        if api is None:
            raise Fault(404, "notFound", "Not Found")
        scopes = self.oauth.people.get(authorization.removeprefix("Bearer ")) if authorization.startswith("Bearer ") else None
        if scopes is None:
            raise Fault(401, "authError", "Request had invalid authentication credentials.", {"WWW-Authenticate": "Bearer"})
        request = Request(method, parts.path, parse_qs(parts.query, keep_blank_values=True), scopes=scopes, only_if=only_if)
        if body:
            try:
                request.body = json.loads(body)
            except ValueError as error:
                raise Fault(400, "parseError", "Invalid JSON payload received.") from error
        if api is self.pubsub or (api is self.mail and parts.path.endswith("/watch") and method == "POST"):
            return self.pubsub.answer(request) if api is self.pubsub else self.pubsub.watch(request)  # a pull waits
        with self._lock:
            answer = api.answer(request)
        return partial(answer, request.word("fields")) if "fields" in request.query else answer

    def _batch(self, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """The outer Authorization holds for all parts; answers come as they please, here in another order than they were asked."""
        asked = re.search(r'boundary="?([^";]+)', headers["content-type"])
        parts = (
            body.decode().replace("\r\n", "\n").split(f"--{asked[1]}")[1:-1]
            if asked and "multipart/mixed" in headers["content-type"]
            else []
        )
        if not 0 < len(parts) <= LARGEST_BATCH:
            raise Fault(400, "badRequest", f"The batch has {len(parts)} requests; at most {LARGEST_BATCH} are allowed.")
        mark = "batch_" + secrets.token_hex(8)
        out = []
        for part in reversed(parts):
            outer, _, inner = part.strip().partition("\n\n")
            head = dict(line.split(": ", 1) for line in outer.split("\n"))
            assert head["Content-Type"] == "application/http"
            status, content = self._part(inner, headers.get("authorization", ""))
            id = head["Content-ID"].replace("<", "<response-", 1)
            out.append(
                f"--{mark}\r\nContent-Type: application/http\r\nContent-ID: {id}\r\n\r\n"
                f"HTTP/1.1 {status} {'OK' if status < 300 else 'Not OK'}\r\nContent-Type: application/json; charset=UTF-8\r\n"
                f"Content-Length: {len(content)}\r\n\r\n{content.decode()}\r\n"
            )
        return 200, {"Content-Type": f"multipart/mixed; boundary={mark}"}, ("".join(out) + f"--{mark}--\r\n").encode()

    def _part(self, said: str, authorization: str) -> tuple[int, bytes]:
        head, _, body = said.partition("\n\n")
        method, target, _ = head.split("\n")[0].split(" ")
        self.inner.append(f"{method} {target}")
        try:
            if self.fails_inside:
                raise self.fails_inside.pop()
            return 200, _json(200, self._call(method, target, authorization, body.encode()))[2]
        except Fault as fault:
            return fault.status, fault.json

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        google = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, headers, data = google._answer(
                    self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body
                )
                self.send_response_only(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler


def _basic(authorization: str) -> dict[str, str]:
    """A client may say who it is in the header, too (RFC 6749 section 2.3.1)."""
    if not authorization.startswith("Basic "):
        return {}
    id, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
    return {"client_id": unquote(id), "client_secret": unquote(secret)}


def _json(status: int, said: Any) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/json; charset=UTF-8"}, b"" if said is None else json.dumps(said).encode()
