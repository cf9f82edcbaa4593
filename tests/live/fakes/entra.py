"""Entra ID's token endpoints for one organisation, behind TLS, for MSAL takes no other.

https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc, …/v2-oauth2-auth-code-flow (PKCE), …/v2-oauth2-device-code,
…/v2-oauth2-client-creds-grant-flow, …/refresh-tokens, …/reference-error-codes. A refresh token is good once: Entra hands out another with each use.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from tests.live.fakes.certificates import certificate
from tests.live.fakes.serving import Said, Serving

CLIENT, TENANT, SECRET = "c11e-1d", "7e4a-tenant", "app-secret-that-nobody-may-see"
ALWAYS = frozenset({"openid", "profile", "offline_access"})
KNOWN = frozenset(["Mail.Read", "Mail.ReadWrite", "Mail.Send", "Calendars.Read", "Calendars.ReadWrite", "User.Read"])


class Refused(Exception):
    def __init__(self, error: str, code: str) -> None:
        said = {"error": error, "error_description": f"AADSTS{code}: In words, for {SECRET}.", "error_codes": [int(code)]}
        self.said = Said(400 if error != "invalid_client" else 401, said)


class FakeEntra:
    """`granted`: who is told of an access token and its scopes. `pending`: how often a device's code is asked for before it was entered."""

    def __init__(self, folder: Path, granted: dict[str, frozenset[str]]) -> None:
        self.certificate, key = certificate(folder)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.certificate, key)
        self.granted = granted
        self.pending, self.lasts = 0, 3600
        self.refused: Refused | None = None  # for whatever asks for a token
        self.asked: list[dict[str, str]] = []
        self.handed_out: list[str] = [SECRET]
        self._codes: dict[str, dict[str, str]] = {}
        self._refresh: dict[str, str] = {}  # token → scopes
        self.serving = Serving(self.answer, tls)

    def __enter__(self) -> Self:
        self.serving.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.serving.__exit__()

    @property
    def authority(self) -> str:
        return f"https://127.0.0.1:{self.serving.port}"

    def revoke(self) -> None:
        """The person took the rights back, or changed the password."""
        self._refresh.clear()
        self.granted.clear()

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Said:
        parts = urlsplit(path)
        tenant, _, what = parts.path.strip("/").partition("/")
        if tenant not in {TENANT, "common"}:
            return Refused("invalid_tenant", "90002").said
        query, form = dict(parse_qsl(parts.query)), dict(parse_qsl(body.decode()))
        try:
            match method, what:
                case "GET", "v2.0/.well-known/openid-configuration":
                    return Said(200, self._configuration(tenant))
                case "GET", "oauth2/v2.0/authorize":
                    return self._authorize(query)
                case "POST", "oauth2/v2.0/devicecode":
                    return self._device(form)
                case "POST", "oauth2/v2.0/token":
                    self.asked.append(form)
                    return Said(200, self._token(form, headers))
        except Refused as refused:
            return refused.said
        return Said(404, {})

    def _configuration(self, tenant: str) -> dict[str, str]:
        root = f"{self.authority}/{tenant}"
        names = {"authorization": "authorize", "token": "token", "device_authorization": "devicecode"}
        ends = {f"{name}_endpoint": f"{root}/oauth2/v2.0/{path}" for name, path in names.items()}
        return {**ends, "issuer": f"{root}/v2.0"}

    def _authorize(self, query: dict[str, str]) -> Said:
        """The person signs in and consents at once."""
        redirect = urlsplit(query["redirect_uri"])
        assert query["client_id"] == CLIENT
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        if (redirect.scheme, redirect.hostname) != ("http", "localhost"):
            return Refused("invalid_request", "50011").said
        code = secrets.token_urlsafe(20)
        self._codes[code] = query
        assert query["response_mode"] == "form_post"
        fields = "".join(f'<input type="hidden" name="{k}" value="{v}"/>' for k, v in (("code", code), ("state", query["state"])))
        form = f'<form method="POST" action="{query["redirect_uri"]}">{fields}</form>'
        return Said(
            200, f"<html><body onload='document.forms[0].submit()'>{form}</body></html>".encode(), {"Content-Type": "text/html"}
        )

    def _device(self, form: dict[str, str]) -> Said:
        if form.get("client_id") != CLIENT:
            raise Refused("unauthorized_client", "700016")
        code = secrets.token_urlsafe(20)
        self._codes[code] = form
        said = {
            "user_code": "KXJ7-QM",
            "device_code": code,
            "verification_uri": "https://microsoft.com/devicelogin",
            "expires_in": 900,
        }
        return Said(200, said | {"interval": 0, "message": "To sign in …"})

    def _token(self, form: dict[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
        if self.refused:
            raise self.refused
        grant = form["grant_type"]
        if grant == "client_credentials":
            return self._as_app(form, headers)
        if form.get("client_id") != CLIENT:
            raise Refused("unauthorized_client", "700016")
        if grant == "authorization_code":
            asked = self._codes.pop(form["code"], None)
            challenge = (
                base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
            )
            if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form.get("redirect_uri"):
                raise Refused("invalid_grant", "501481")
            return self._tokens(asked["scope"], asked.get("nonce", ""))
        if grant == "refresh_token":
            scopes = self._refresh.pop(form["refresh_token"], None)
            if scopes is None:
                raise Refused("invalid_grant", "50173")
            if not set(_names(form.get("scope", scopes))) <= set(_names(scopes)):
                raise Refused("invalid_grant", "65001")
            return self._tokens(scopes)
        if grant == "urn:ietf:params:oauth:grant-type:device_code":
            self.pending -= 1
            if self.pending >= 0:
                raise Refused("authorization_pending", "70016")
            return self._tokens(self._codes.pop(form["device_code"])["scope"])
        raise Refused("unsupported_grant_type", "70003")

    def _as_app(self, form: dict[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
        basic = base64.b64decode(headers.get("authorization", "").removeprefix("Basic ")).decode()
        secret = form.get("client_secret") or unquote_plus(basic.partition(":")[2])
        if not form.get("client_assertion") and secret != SECRET:
            raise Refused("invalid_client", "7000215")
        if not form["scope"].endswith("/.default"):
            raise Refused("invalid_scope", "70011")
        return {
            "token_type": "Bearer",
            "expires_in": self.lasts,
            "access_token": self._access(frozenset({"Mail.Read", "Calendars.Read"})),
        }

    def _tokens(self, scope: str, nonce: str = "") -> dict[str, Any]:
        names = _names(scope)
        if strange := set(names) - KNOWN - ALWAYS:
            raise Refused("invalid_scope", f"{70011 if strange else 0}")
        refresh = self._handed("refresh")
        self._refresh[refresh] = scope
        now = int(time.time())
        claims = {
            "aud": CLIENT,
            "iss": f"{self.authority}/{TENANT}/v2.0",
            "iat": now,
            "exp": now + 3600,
            "sub": "s",
            "oid": "o-1",
        }
        claims |= {"tid": TENANT, "preferred_username": "mara@keller.example", "nonce": nonce, "ver": "2.0"}
        client_info = _b64({"uid": "o-1", "utid": TENANT})
        return {
            "token_type": "Bearer",
            "scope": " ".join(sorted({*names} & KNOWN)),
            "expires_in": self.lasts,
            "access_token": self._access(frozenset(names)),
            "refresh_token": refresh,
            "id_token": f"{_b64({'alg': 'none'})}.{_b64(claims)}.",
            "client_info": client_info,
        }

    def _access(self, scopes: frozenset[str]) -> str:
        token = self._handed("access")
        self.granted[token] = scopes
        return token

    def _handed(self, kind: str) -> str:
        self.handed_out.append(f"{kind}-{secrets.token_urlsafe(24)}")
        return self.handed_out[-1]


def _names(scope: str) -> list[str]:
    return [one.rpartition("/")[2] for one in scope.split()]


def _b64(said: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
