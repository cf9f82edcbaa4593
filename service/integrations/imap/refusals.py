"""What a server means by NO, BAD and BYE: response codes of RFC 5530 and RFC 3501 section 7.1, and the words of those that send none."""

from __future__ import annotations

import re

from service.errors import AccessLost, ExternalError, Rejected, Unavailable

_CODE = re.compile(r"\s*\[([A-Za-z][A-Za-z0-9.-]*)(?:\s[^\]]*)?\]\s*")
_LATER = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CORRUPTION", "THROTTLED"})
_NO_ENTRY = frozenset({"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED", "CONTACTADMIN", "WEBALERT"})
_BUSY = re.compile(r"too many|try again|temporar|rate limit|unavailable|not connected|maximum number|throttl|overload|busy", re.I)


class Declined(Rejected):
    """NO or BAD to one command, for whoever asked to sort. `code` is "" where the server gave none, `said` its words."""

    def __init__(self, message: str, code: str, said: str) -> None:
        super().__init__(message)
        self.code, self.said = code, said


def split(said: str) -> tuple[str, str]:
    """The response code in upper case, "" where there is none, and the rest."""
    found = _CODE.match(said)
    return (found[1].upper(), said[found.end() :].strip()) if found else ("", said.strip())


def words(said: bytes | str, secret: str = "") -> str:
    """At most a line of what a server says, fit to be shown. `secret` is taken out: some repeat the command."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    if secret:
        text = text.replace(secret, "…")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:160]


def sort(host: str, said: str) -> ExternalError:
    """Of a command after the login."""
    code, rest = split(said)
    if code in _LATER or (not code and _BUSY.search(rest)):
        return Unavailable(f"{host} can't serve just now ({_shown(code, rest)}): it is tried again later")
    if code in _NO_ENTRY:
        return AccessLost(
            f"{host} refuses access ({_shown(code, rest)}): check `user` and `password`, and open the mailbox in a browser"
        )
    return Declined(f"{host} answered {_shown(code, rest)}: check that the server is as its provider describes", code, rest)


def sort_login(host: str, user: str, said: str, *, token: bool) -> ExternalError:
    """A NO without a code to a login is a wrong password, unless its words say that the server is busy."""
    code, rest = split(said)
    if code in _LATER or (code not in _NO_ENTRY and _BUSY.search(rest)):
        return Unavailable(f"{host} can't sign anybody in just now ({_shown(code, rest)}): it is tried again later")
    if code == "PRIVACYREQUIRED":
        return AccessLost(f"{host} takes no password in the open: set `tls` to tls or starttls")
    if code in {"EXPIRED", "WEBALERT", "CONTACTADMIN"}:
        return AccessLost(
            f"{host} wants something of {user} first ({_shown(code, rest)}): sign in with a browser, then try again"
        )
    if token:
        return AccessLost(f"{host} refuses the access token of {user}: connect the account anew")
    return AccessLost(
        f"{host} refuses user {user} with this password: check `user` and `password`; with two-step sign-in make an app password"
    )


def _shown(code: str, rest: str) -> str:
    return " ".join(part for part in (f"[{code}]" if code else "", rest) if part) or "NO"
