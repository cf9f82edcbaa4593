"""A fresh access token by google-auth, from a refresh token or a service account's key."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from service.domain.credentials import Credential
from service.errors import AccessLost, ExternalError, Unavailable
from service.http import Http

TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 an address
ROBOT = "service_account"
"""Both what `secrets` calls a service account's key and what Google calls it."""
_SORTED = frozenset({400, 401, 403})
_USUAL = 3600  # seconds that a token lasts where the answer does not say


def refreshed(credential: Credential, clock: Callable[[], datetime]) -> Credential:
    """Raises AccessLost with what mends it, Unavailable. What is new in the answer (a rotated refresh token too) is in the result."""
    from google.auth.exceptions import GoogleAuthError

    http = Http(_uri(credential), clock)
    asking = _Asking(http)
    try:
        theirs = _robot(credential) if ROBOT in credential.secrets else _person(credential)
        theirs.refresh(asking)
    except GoogleAuthError as error:
        raise _sorted(error, credential) from None  # its text may hold what was sent
    except ValueError:
        raise AccessLost("what is kept of the Google connection is no key that works: run `reveille connect google`") from None
    finally:
        http.close()
    fresh = {"access_token": theirs.token}
    if ROBOT not in credential.secrets and theirs.refresh_token:
        fresh["refresh_token"] = theirs.refresh_token
    return replace(credential, secrets={**credential.secrets, **fresh}, expires_at=clock() + asking.lasts)


def _uri(credential: Credential) -> str:
    return credential.about.get("token_uri") or TOKEN_URI


def _person(credential: Credential) -> Any:
    from google.oauth2.credentials import Credentials

    return Credentials(  # type: ignore[no-untyped-call]
        None,
        refresh_token=credential.secrets.get("refresh_token"),
        token_uri=_uri(credential),
        client_id=credential.about.get("client_id"),
        client_secret=credential.secrets.get("client_secret"),
    )


def _robot(credential: Credential) -> Any:
    from google.oauth2.service_account import Credentials

    info = json.loads(credential.secrets[ROBOT])
    return Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
        {**info, "token_uri": _uri(credential)}, scopes=list(credential.scopes), subject=credential.login or None
    )


class _Asking:
    """`google.auth.transport.Request` over the house's HTTP. What may pass by itself is raised, not tried again and again here."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self.lasts = timedelta(seconds=_USUAL)

    def __call__(
        self, url: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None, **_: Any
    ) -> _Heard:
        answer = self._http.ask(method, url, accept=_SORTED, content=body, headers=dict(headers or {}))
        if answer.status < 300 and isinstance(seconds := answer.json.get("expires_in"), int):
            self.lasts = timedelta(seconds=seconds)
        return _Heard(answer.status, answer.headers, answer.data)


class _Heard:
    """`google.auth.transport.Response`."""

    def __init__(self, status: int, headers: Mapping[str, str], data: bytes) -> None:
        self.status, self.headers, self.data = status, headers, data


def _sorted(error: Exception, credential: Credential) -> ExternalError:
    """RFC 6749 section 5.2 has the codes; what Google adds to them: https://developers.google.com/identity/protocols/oauth2."""
    said = next((one for one in error.args if isinstance(one, dict)), {})
    code = str(said.get("error", ""))
    if getattr(error, "retryable", False) or not code:
        return Unavailable("Google gives no token just now: it is tried again")
    if ROBOT in credential.secrets:
        return AccessLost(f"Google refuses the service account ({code}): {_ROBOTS.get(code, _ROBOTS[''])}")
    return AccessLost(
        f"Google refuses to renew the sign-in of {credential.login or 'this connection'} ({code}): {_PEOPLE.get(code, _PEOPLE[''])}"
    )


_PEOPLE = {
    "invalid_grant": "run `reveille connect google` again. Was it connected just 7 days ago? Then your Google project is in “Testing”: "
    "publish it (Google Auth Platform → Audience → Publish app) first. Else the access was revoked or the password changed",
    "invalid_client": "its OAuth client was deleted or has a new secret; download the client's file anew and run `reveille connect google`",
    "deleted_client": "its OAuth client was deleted; make another one and run `reveille connect google`",
    "unauthorized_client": "the OAuth client is of the wrong type; make one of type “Desktop app” and run `reveille connect google`",
    "": "run `reveille connect google` again",
}
_ROBOTS = {
    "unauthorized_client": "in the Admin console, Security → API controls → Domain-wide delegation, add its client id with these scopes",
    "invalid_grant": "see that `subject` is an address of your organisation, that the key was not deleted, and that this machine's clock is right",
    "": "make a new key and run `reveille connect google`",
}
