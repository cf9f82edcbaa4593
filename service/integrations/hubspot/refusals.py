"""What HubSpot means by its refusals.

https://developers.hubspot.com/docs/api-reference/error-handling: every field of an error is optional. Limits:
https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from service.errors import AccessLost, ExternalError, Unavailable
from service.http import Answer, retry_after

FIX = "copy your service key in HubSpot (Development › Keys › Service keys), or your private app's token (Auth tab), and run `reveille connect hubspot` or set `token`"
_WAITS = {"SECONDLY": 1, "TEN_SECONDLY_ROLLING": 10, "DAILY": 3600}  # seconds, by policyName, where no Retry-After is sent
_SCOPE = re.compile(r"[a-z][a-z0-9_.-]*")


class Hurried(Unavailable):
    """The limit of searches a second, which others use as well: over in a second."""


def sort(clock: Callable[[], datetime]) -> Callable[[Answer], ExternalError | None]:
    return lambda answer: _sorted(answer, clock())


def _sorted(answer: Answer, now: datetime) -> ExternalError | None:
    said = _said(answer)
    category = str(said.get("category", ""))
    if answer.status == 401:
        expired = "has expired" if category == "EXPIRED_AUTHENTICATION" else "is not accepted"
        return AccessLost(f"HubSpot's token {expired} (401): {FIX}")
    if answer.status == 403:
        if category == "USER_DOES_NOT_HAVE_PERMISSIONS":
            return AccessLost(
                "HubSpot says that whoever made this token lost their rights (403): let a super admin make a service key"
            )
        return _missing(said)
    if answer.status == 429:
        return _limited(str(said.get("policyName", "")), answer, now)
    if answer.status in {423, 477}:  # locked by another change; the account moves to another data centre
        wait = retry_after(answer.headers.get("retry-after", ""), now)
        return Unavailable(f"HubSpot is busy with this account ({answer.status}): it is tried again", retry_after=wait)
    return None


def _missing(said: dict[str, Any]) -> AccessLost:
    scopes = sorted(set(_scopes(said)))
    if scopes:
        return AccessLost(f"HubSpot's key lacks the scope {' or '.join(scopes)} (403): add it to the service key or private app")
    return AccessLost(
        "HubSpot refuses access (403): give the service key or private app the scopes that docs/connections/hubspot.md lists"
    )


def _scopes(said: dict[str, Any]) -> list[str]:
    """The names differ between interfaces: requiredGranularScopes, requiredScopes, missingScopes."""
    found: list[str] = []
    for error in said.get("errors") or ():
        context = error.get("context") if isinstance(error, dict) else None
        for name, scopes in context.items() if isinstance(context, dict) else ():
            if "scope" in name.lower():
                words = scopes if isinstance(scopes, list) else [str(scopes)]
                found += [scope for word in words for scope in _SCOPE.findall(str(word)) if len(scope) < 80]
    return found


def _limited(policy: str, answer: Answer, now: datetime) -> Unavailable:
    wait = retry_after(answer.headers.get("retry-after", ""), now)
    if wait is None and policy == "SECONDLY":
        return Hurried("HubSpot is asked too often just now (429): it is tried again", retry_after=timedelta(seconds=1))
    if wait is None and policy in _WAITS:
        wait = timedelta(seconds=_WAITS[policy])
    limit = "the daily limit of requests is used up" if policy == "DAILY" else "it is asked too often just now"
    return Unavailable(f"HubSpot says that {limit} (429): it is tried again", retry_after=wait)


def _said(answer: Answer) -> dict[str, Any]:
    try:
        said = json.loads(answer.data)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
