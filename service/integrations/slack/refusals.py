"""Slack's refusals in the house's words (https://docs.slack.dev/reference/methods, "Errors" of each)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from service.errors import AccessLost, ExternalError, Rejected, Unavailable
from service.http import retry_after

GONE = {
    "account_inactive": "the account or the app was taken away",
    "invalid_auth": "the token is none of Slack's",
    "not_authed": "no token came along",
    "token_expired": "the token has expired",
    "token_revoked": "the token was revoked",
    "org_login_required": "the workspace moved to an organisation",
    "user_removed_from_team": "the person left the workspace",
    "team_access_not_granted": "the app is not installed in this workspace",
    "ekm_access_denied": "administrators have closed the workspace",
    "two_factor_setup_required": "the account needs a second factor",
}
RENEW = "install the app in the workspace again and set the new token"
BUSY = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
PASSING = frozenset(
    {"fatal_error", "internal_error", "service_unavailable", "request_timeout", "team_added_to_org", "external_channel_migrating"}
)
_CODE = re.compile(r"^[a-z0-9_]{1,60}$")


class ScopeMissing(AccessLost):
    """`provided`: the scopes that the token has."""

    def __init__(self, message: str, provided: frozenset[str]) -> None:
        super().__init__(message)
        self.provided = provided


class Refused(Rejected):
    """About what was asked for, not about the account. `code` is Slack's, or "http_404"."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def sorted_out(
    method: str, status: int, said: Mapping[str, Any], headers: Mapping[str, str], host: str, now: datetime
) -> ExternalError:
    """What an answer that is no success means. Nothing of it is said but its code and scopes."""
    code = _code(said, status)
    if status == 429 or code in BUSY:
        wait = retry_after(headers.get("retry-after", ""), now) or None
        return Unavailable(f"{host} asks for patience ({method}): it is tried again", retry_after=wait)
    if status >= 500 or code in PASSING or code == "no_json":
        return Unavailable(f"{host} has no answer just now ({code}): it is tried again", arrived=None)
    if code == "missing_scope":
        return _scope(method, said, host)
    if code in GONE or status in {401, 403}:
        return AccessLost(f"{host} refuses the token ({code}, {GONE.get(code, 'no access')}): {RENEW}")
    return Refused(f"{host} rejects {method} ({code})", code)


def wait_of(error: ExternalError) -> timedelta | None:
    return error.retry_after if isinstance(error, Unavailable) else None


def _code(said: Mapping[str, Any], status: int) -> str:
    code = said.get("error")
    if isinstance(code, str) and _CODE.match(code):
        return code
    return f"http_{status}" if status >= 400 else "no_json"


def _scope(method: str, said: Mapping[str, Any], host: str) -> ScopeMissing:
    needed = re.sub(r"[^a-z0-9:.,_| ]", "", str(said.get("needed", ""))) or "another scope"
    provided = frozenset(re.findall(r"[a-z0-9:._]+", str(said.get("provided", ""))))
    fix = f"add {needed} to the app's scopes (OAuth & Permissions) and reinstall it"
    return ScopeMissing(f"{host} wants the scope {needed} for {method}: {fix}", provided)
