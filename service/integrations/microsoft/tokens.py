"""Tokens by MSAL. Its cache is kept whole in the credential, and its state after each turn is what is stored before any of it is used."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from service.domain.credentials import Credential
from service.errors import AccessLost, Rejected, Unavailable
from service.integrations.microsoft import clouds
from service.integrations.microsoft.entra import refusal

if TYPE_CHECKING:
    from msal import ClientApplication

VENDOR = "microsoft"
PATIENCE = 20.0
"""Seconds for one request to Entra ID: well below the time that a credential's lease lasts."""
RESERVED = frozenset({"offline_access", "openid", "profile"})
"""MSAL asks for these by itself, and refuses to be told."""


def is_app(credential: Credential) -> bool:
    """Whether an organisation's app signs in as itself, in no person's name."""
    return credential.about.get("as") == "app"


def renewed(credential: Credential, clock: Callable[[], datetime]) -> Credential:
    """With a fresh access token. Raises AccessLost where the sign-in has ended, Unavailable."""
    if not is_app(credential) and not credential.secrets.get("cache"):
        raise AccessLost("nothing is kept of the sign-in at Microsoft: run `reveille connect microsoft` again")
    with application(credential) as app:
        if is_app(credential):
            app.remove_tokens_for_client()
            result = app.acquire_token_for_client([f"{credential.about['graph']}/.default"])
        else:
            scopes = asked(credential.scopes, credential.about["graph"])
            result = app.acquire_token_silent_with_error(scopes, next(iter(app.get_accounts()), None), force_refresh=True)
    return kept(credential, app, result or {"error": "interaction_required"}, clock)


@contextmanager
def application(credential: Credential) -> Iterator[ClientApplication]:
    """MSAL for a while. What it raises meanwhile, and the transport below it, comes in the house's words."""
    import msal
    import requests

    logging.getLogger("msal").setLevel(logging.CRITICAL + 1)  # it logs what it can't read, and that may be half a token
    cache = msal.SerializableTokenCache()
    cache.deserialize(credential.secrets.get("cache") or None)
    about = credential.about
    with _told(), requests.Session() as session:
        session.request = partial(session.request, timeout=PATIENCE)  # type: ignore[method-assign]
        common: dict[str, Any] = {
            "authority": about["authority"],
            "token_cache": cache,
            "http_client": session,
            "instance_discovery": None if clouds.is_microsofts(about["authority"]) else False,
        }
        if is_app(credential):
            yield msal.ConfidentialClientApplication(about["client_id"], client_credential=_proof(credential.secrets), **common)
        else:
            yield msal.PublicClientApplication(about["client_id"], **common)


def kept(credential: Credential, app: ClientApplication, result: Mapping[str, Any], clock: Callable[[], datetime]) -> Credential:
    """The credential after `result`. Raises what an error in it means."""
    if "access_token" not in result:
        raise refusal(result)
    cache: Any = app.token_cache
    secrets = {**credential.secrets, "access_token": str(result["access_token"])}
    if cache.has_state_changed:
        secrets["cache"] = cache.serialize()
    lasts = timedelta(seconds=int(result.get("expires_in") or 3600))
    claims = result.get("id_token_claims") or {}
    login = str(claims.get("preferred_username") or claims.get("email") or credential.login)
    scopes = granted(str(result.get("scope") or "")) or credential.scopes
    return replace(credential, secrets=secrets, expires_at=clock() + lasts, login=login, scopes=scopes)


def asked(scopes: Sequence[str], graph: str) -> list[str]:
    return [clouds.scope(one, graph) for one in scopes if one not in RESERVED]


def granted(scopes: str) -> tuple[str, ...]:
    """By their short names, as the docs call them; `.default` is none."""
    names = (one.rpartition("/")[2] for one in scopes.split())
    return tuple(sorted({name for name in names if name not in RESERVED | {".default", "email"}}))


@contextmanager
def _told() -> Iterator[None]:
    """Their own words name what was asked for."""
    import requests

    try:
        yield
    except requests.Timeout as error:
        raise Unavailable("Microsoft's sign-in did not answer in time: it is tried again") from error
    except requests.RequestException as error:
        raise Unavailable(f"Microsoft's sign-in can't be reached ({type(error).__name__}): check the network") from error
    except ValueError as error:
        if type(error) is not ValueError:  # half an answer, or a proxy's page in between
            raise Unavailable("Microsoft's sign-in answered with something that is no JSON: it is tried again") from error
        raise Rejected(
            "Microsoft's sign-in knows no such organisation or app: correct tenant=, client_id= or authority="
        ) from error
    except RuntimeError as error:
        raise Unavailable("Microsoft's sign-in has no answer just now: it is tried again") from error


def _proof(secrets: Mapping[str, str]) -> str | dict[str, str]:
    if "private_key" in secrets:
        return {"private_key": secrets["private_key"], "public_certificate": secrets["certificate"]}
    return secrets["client_secret"]
