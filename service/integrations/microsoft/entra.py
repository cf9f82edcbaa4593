"""What Entra ID means when it refuses, in words, with the fix.

Codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes. Descriptions are never passed on: they name people, addresses and
what was sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from service.errors import AccessLost, ExternalError, Unavailable

_CODE = re.compile(r"AADSTS(\d{5,8})")
_PORTAL = "at entra.microsoft.com, App registrations, your app"
_AGAIN = "run `reveille connect microsoft` again"
_MEANINGS = {
    "50011": (
        "the app does not know this redirect address",
        f"add http://localhost under Authentication, Mobile and desktop, {_PORTAL}",
    ),
    "50020": ("this account is not of that organisation", "give tenant=common, or sign in with the organisation's account"),
    "50034": ("there is no such account there", "sign in with another account, or correct tenant="),
    "50057": ("the account is disabled", "ask your administrator"),
    "50076": ("a second factor is asked for", _AGAIN),
    "50078": ("the second factor has expired", _AGAIN),
    "50079": ("a second factor has to be set up", _AGAIN),
    "50105": ("nobody let you use this app", f"have an administrator assign you under Enterprise applications, {_PORTAL}"),
    "50173": ("the password was changed since", _AGAIN),
    "53000": ("your organisation only lets managed devices in", "ask your administrator to except this app"),
    "53003": ("your organisation's Conditional Access forbids it", "ask your administrator to except this app"),
    "65001": ("nobody has consented to these rights", f"{_AGAIN}, and consent"),
    "65004": ("consent was declined", f"{_AGAIN}, and consent"),
    "70043": ("the sign-in has expired by your organisation's rule", _AGAIN),
    "70016": ("the code was not entered", _AGAIN),
    "70020": ("the code was not entered in time", _AGAIN),
    "700016": ("the app is not known there", f"correct client_id= or tenant= (Overview, {_PORTAL})"),
    "700082": ("nothing was read for so long that the sign-in ended", _AGAIN),
    "7000215": ("the client secret is wrong", f"give its Value, not its Secret ID (Certificates & secrets, {_PORTAL})"),
    "7000218": (
        "the app may not sign in without a secret",
        f"set Allow public client flows to Yes under Authentication, {_PORTAL}",
    ),
    "7000222": ("the client secret has expired", f"make a new one under Certificates & secrets, {_PORTAL}, and {_AGAIN}"),
    "700027": ("the certificate is not the app's", f"upload it under Certificates & secrets, {_PORTAL}"),
    "90002": ("there is no such organisation", "correct tenant="),
    "90094": ("an administrator has to consent", f"have one grant it under API permissions, {_PORTAL}"),
    "90095": ("an administrator has to consent", f"have one grant it under API permissions, {_PORTAL}"),
    "9002327": ("the app is registered as a web page", f"add http://localhost under Mobile and desktop instead, {_PORTAL}"),
}
_LATER = frozenset({"temporarily_unavailable", "server_error"})
_LATER_CODES = frozenset({"90033", "50196", "90006", "90085"})


def refusal(result: Mapping[str, Any]) -> ExternalError:
    """Of an answer that holds an error. Any that is not said to pass by itself is AccessLost: only the person can mend it."""
    error = re.sub(r"[^a-z_]", "", str(result.get("error", "")))[:40]
    code = _code(result)
    if error in _LATER or code in _LATER_CODES:
        return Unavailable("Microsoft can't sign in just now: it is tried again")
    meaning, fix = _MEANINGS.get(code, ("", ""))
    if not meaning:
        meaning, fix = _by_kind(error)
    return AccessLost(f"Microsoft refuses to sign in, {meaning} ({f'AADSTS{code}' if code else error}): {fix}")


def _by_kind(error: str) -> tuple[str, str]:
    if error in {"access_denied", "authorization_declined"}:
        return "consent was declined", f"{_AGAIN}, and consent"
    if error in {"expired_token", "authorization_pending", "code_expired"}:
        return "the code was not entered in time", _AGAIN
    if error in {"invalid_client", "unauthorized_client"}:
        return "it does not take this app for the one it says it is", f"look at client_id=, tenant= and the secret {_PORTAL}"
    return "the sign-in has ended or was taken back", _AGAIN


def _code(result: Mapping[str, Any]) -> str:
    if found := _CODE.search(str(result.get("error_description", ""))):
        return found[1]
    codes = result.get("error_codes")
    return str(codes[0]) if isinstance(codes, list) and codes else ""
