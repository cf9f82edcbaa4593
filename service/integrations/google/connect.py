"""`reveille connect google`: a person's own sign-in, or an organisation's service account that acts for its people."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin

from service.domain.credentials import Credential
from service.errors import AccessLost, ExternalError, Rejected, Unavailable
from service.http import Http
from service.integrations.google import scopes
from service.integrations.google.consent import PATIENCE, consent, read_client
from service.integrations.google.login import Login
from service.integrations.google.refusals import sorted_out
from service.integrations.google.tokens import ROBOT, TOKEN_URI, refreshed
from service.ports import Asker, Check, OneCredential, Right, Surroundings

GMAIL, CALENDAR = "https://gmail.googleapis.com", "https://www.googleapis.com"


class Connect:
    """`service.ports.SignIn`."""

    options: Mapping[str, str] = {
        "client": "the JSON file of your own OAuth client, of type Desktop app",
        "service_account": "the JSON key of a service account with domain-wide delegation, in place of a client",
        "subject": "with service_account: whose mail and calendars",
        "endpoint": "address of an emulator in place of Google's API",
    }

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience

    def rights(self, kinds: frozenset[str], acts: frozenset[str]) -> Sequence[Right]:
        return scopes.rights(kinds, acts)

    def sign_in(
        self, asker: Asker, given: Mapping[str, str], rights: Sequence[Right], clock: Callable[[], datetime]
    ) -> Credential:
        asked = tuple(right.scope for right in rights)
        if "service_account" in given:
            return _robot(Path(given["service_account"]), given, asked, clock)
        file = given.get("client") or asker.ask(
            "The JSON file of your OAuth client (docs/connections/google.md says how to get it)"
        )
        client = read_client(Path(file))
        got = consent(client, asked, asker, self._patience)
        if missing := sorted(set(asked) - set(got.granted)):
            raise AccessLost(f"Google was not allowed {', '.join(missing)}: run it again and leave every box ticked")
        token = got.token
        if not token.get("access_token") or not token.get("refresh_token"):
            raise AccessLost(
                "Google gave no lasting access: take Reveille out at myaccount.google.com/connections and run it again"
            )
        credential = Credential(
            vendor="google",
            scopes=got.granted,
            secrets={
                "access_token": str(token["access_token"]),
                "refresh_token": str(token["refresh_token"]),
                "client_secret": str(client["client_secret"]),
            },
            about=_about(client, given),
            expires_at=clock() + timedelta(seconds=int(token.get("expires_in", 0))),
        )
        return replace(credential, login=who(Login("google", OneCredential("google", credential), clock), clock))

    def check(self, at: Surroundings) -> Check:
        login = Login(at.account, at.credentials, at.clock)
        try:
            known = who(login, at.clock)
        except ExternalError as error:
            says, _, fix = str(error).partition(": ")
            return Check(ok=False, says=says, fix=fix)
        return Check(ok=True, says=f"Google knows you as {known or login.who or 'somebody it does not name'}")

    def revoke(self, credential: Credential, clock: Callable[[], datetime]) -> str:
        """https://developers.google.com/identity/protocols/oauth2/native-app#tokenrevoke"""
        if ROBOT in credential.secrets:
            return "A service account's rights are taken back in the Admin console: Security → API controls → Domain-wide delegation."
        token = credential.secrets.get("refresh_token") or credential.secrets.get("access_token", "")
        http = Http(credential.about.get("token_uri") or TOKEN_URI, clock)
        try:
            address = urljoin(credential.about.get("token_uri") or TOKEN_URI, "revoke")
            answer = http.ask("POST", address, accept={400}, data={"token": token})
        finally:
            http.close()
        if answer.status == 400:
            return "Google did not know this access any more: it was revoked before, or it expired."
        return "Google has taken the access back, with all that this OAuth client had of this account."

    def snippet(self, name: str, credential: Credential) -> str:
        login = "" if name == "google" else f", login: {name}"
        if endpoint := credential.about.get("endpoint"):
            login += f", endpoint: {endpoint}"
        lines = [("gmail", "gmail."), ("google_calendar", "auth/calendar")]
        kinds = [kind for kind, part in lines if any(part in scope for scope in credential.scopes)]
        return "sources:\n" + "\n".join(f"  - {{kind: {kind}{login}}}" for kind in kinds)


def who(login: Login, clock: Callable[[], datetime]) -> str:
    """The address of whoever signed in, as each of the APIs tells that may be used; "" where none does."""
    said, endpoint = " ".join(login.credential.scopes), login.credential.about.get("endpoint")
    asked = [
        ("gmail.", f"{endpoint or GMAIL}/gmail/v1/users/me/profile", "emailAddress"),
        ("auth/calendar", f"{endpoint or CALENDAR}/calendar/v3/users/me/calendarList/primary", "id"),
    ]
    found = [_asked(url, word, login, clock) for part, url, word in asked if part in said]
    return next(filter(None, found), "")


def _asked(url: str, word: str, login: Login, clock: Callable[[], datetime]) -> str:
    http = Http(url, clock, login=login, sort=lambda answer: sorted_out(answer, clock(), "google"))
    try:
        answer = http.ask("GET", url, accept={404})  # not every emulator has it
        said = answer.json if answer.status == 200 else {}
    finally:
        http.close()
    return str(said.get(word, "")) if isinstance(said, dict) else ""


def _about(client: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    about = {"client_id": str(client["client_id"]), "token_uri": str(client["token_uri"])}
    return about | ({"endpoint": given["endpoint"].rstrip("/")} if given.get("endpoint") else {})


def _robot(path: Path, given: Mapping[str, str], asked: tuple[str, ...], clock: Callable[[], datetime]) -> Credential:
    """https://developers.google.com/identity/protocols/oauth2/service-account#delegatingauthority"""
    try:
        key = json.loads(path.expanduser().read_text(encoding="utf-8"))
    except OSError as error:
        raise Rejected(f"{path} can't be read ({error.strerror}): give service_account=FILE, the key's JSON file") from None
    except (ValueError, RuntimeError):
        key = None
    if not isinstance(key, dict) or key.get("type") != "service_account" or not key.get("client_id"):
        raise Rejected(f"{path} is no service account's key: make one in Google Cloud, of type JSON")
    if "@" not in given.get("subject", ""):
        raise Rejected("a service account acts for somebody: give subject=ADDRESS")
    client = {"client_id": key["client_id"], "token_uri": key.get("token_uri") or TOKEN_URI}
    credential = Credential("google", given["subject"], asked, {ROBOT: json.dumps(key)}, _about(client, given))
    try:
        return refreshed(credential, clock)
    except Unavailable as error:
        raise Unavailable(f"{error}; run `reveille connect google` again") from None
