"""A person's yes in their browser, by google-auth-oauthlib: an installed app with a loopback redirect and PKCE
(https://developers.google.com/identity/protocols/oauth2/native-app).
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from service.errors import AccessLost, Rejected, Unavailable
from service.integrations.google.landing import Landing, words
from service.integrations.google.quiet import hush
from service.ports import Asker

PATIENCE = 300.0
"""Seconds for a person to choose an account and read what is asked."""
_ANSWER = 20  # seconds for the token endpoint


@dataclass(frozen=True, slots=True)
class Consent:
    """What Google gave: `granted` may be less than was asked for, as each right has a box of its own."""

    granted: tuple[str, ...]
    token: Mapping[str, Any] = field(repr=False)


def read_client(path: Path) -> dict[str, Any]:
    """The client file as Google Cloud hands it out. Raises Rejected where it is something else."""
    try:
        said = json.loads(path.expanduser().read_text(encoding="utf-8"))
    except OSError as error:
        raise Rejected(f"{path} can't be read ({error.strerror}): give client=FILE, the JSON file of your OAuth client") from None
    except (ValueError, RuntimeError):
        said = None
    inner = said.get("installed") if isinstance(said, dict) else None
    if isinstance(said, dict) and "web" in said:
        raise Rejected(f"{path} is a client for a web site: make one of type “Desktop app” and download its file")
    if isinstance(said, dict) and said.get("type") == "service_account":
        raise Rejected(f"{path} is a service account's key: give it as service_account=FILE, with subject=ADDRESS")
    if not isinstance(inner, dict) or not all(isinstance(inner.get(k), str) for k in ("client_id", "auth_uri", "token_uri")):
        raise Rejected(f"{path} is no OAuth client: download the JSON file of one of type “Desktop app” in Google Cloud")
    return {"client_secret": "", **inner}


def consent(client: Mapping[str, Any], scopes: Sequence[str], asker: Asker, patience: float = PATIENCE) -> Consent:
    """`patience` in seconds. Raises AccessLost where the person or Google refuses, Unavailable where nobody answers."""
    from google_auth_oauthlib.flow import Flow

    hush()
    flow = Flow.from_client_config({"installed": dict(client)}, scopes=list(scopes))
    with _on_loopback(client["token_uri"]), flow.oauth2session:
        with _landing(client) as landing:
            flow.redirect_uri = landing.url
            url, state = flow.authorization_url(access_type="offline", prompt="consent")
            asker.say("Allow it in your browser. Leave every box ticked: each right has one of its own.")
            answer = landing.wait(patience) if asker.browse(url) else _pasted(asker, landing, patience)
        return _exchanged(flow, _code(answer, state), scopes)


def _landing(client: Mapping[str, Any]) -> Landing:
    """A client for emulators may name one address, with its port; Google's own say http://localhost and mean any port."""
    said = client.get("redirect_uris")
    fixed = [str(one) for one in said if re.match(r"http://(localhost|127\.0\.0\.1):\d{2,5}(/|$)", str(one))] if said else []
    try:
        return Landing(fixed[0] if fixed else "")
    except (OSError, ValueError, OverflowError):
        raise Unavailable(f"{fixed[0] if fixed else 'this machine'} can't be listened at: end what uses that port") from None


def _pasted(asker: Asker, landing: Landing, patience: float) -> dict[str, str] | None:
    """A browser on another machine can't come back to this one; its last address holds what is needed."""
    try:
        said = asker.ask(
            "Open it in any browser. Where the last page can't be shown, paste its whole address here (else just Enter)"
        )
    except Rejected:  # nobody is at the terminal: whoever has the address may still come by
        said = ""
    return words(said) if said.strip() else landing.wait(patience)


def _code(answer: Mapping[str, str] | None, state: str) -> str:
    if answer is None:
        raise Unavailable("nobody answered in the browser: run `reveille connect google` again")
    if not secrets.compare_digest(answer.get("state", "").encode(), state.encode()):
        raise AccessLost(
            "the answer belongs to another sign-in: run `reveille connect google` again and use the address it shows"
        )
    if "code" not in answer:
        why = answer.get("error", "no code")[:60]
        raise AccessLost(
            f"Google gives no access ({why}): allow it in the browser; where Google says that the app is not verified for you, "
            "add your address as a test user (Google Auth Platform → Audience)"
        )
    return answer["code"]


def _exchanged(flow: Any, code: str, asked: Sequence[str]) -> Consent:
    from oauthlib.oauth2 import OAuth2Error
    from requests import RequestException

    try:
        token = flow.fetch_token(code=code, include_client_id=True, timeout=_ANSWER)
    except Warning as other:  # so oauthlib says that other rights were given than asked for
        token = getattr(other, "token", {})
    except OAuth2Error as error:
        raise AccessLost(
            f"Google refuses the sign-in ({error.error}): see that the client's file is current, and try again"
        ) from None
    except RequestException as error:
        raise Unavailable(f"Google's token endpoint can't be reached ({type(error).__name__}): check the network") from None
    except ValueError:
        raise Unavailable("Google's token endpoint answered with something that is no token: try again") from None
    said = token.get("scope", asked)
    return Consent(tuple(said.split() if isinstance(said, str) else said), token)


@contextmanager
def _on_loopback(token_uri: str) -> Iterator[None]:
    """The library talks over TLS alone, unless the environment allows otherwise: it does for an emulator on this machine, meanwhile."""
    name, before = "OAUTHLIB_INSECURE_TRANSPORT", os.environ.get("OAUTHLIB_INSECURE_TRANSPORT")
    if urlsplit(token_uri).hostname not in {"127.0.0.1", "localhost", "::1"}:
        yield
        return
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
