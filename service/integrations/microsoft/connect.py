"""`reveille connect microsoft`: a person signs in with a browser or with a code, or an organisation's app as itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from service.domain.credentials import Credential
from service.errors import AccessLost, ExternalError, Rejected
from service.integrations.microsoft import clouds
from service.integrations.microsoft.graph import Graph
from service.integrations.microsoft.login import Login
from service.integrations.microsoft.loopback import listening
from service.integrations.microsoft.tokens import VENDOR, application, asked, is_app, kept, renewed
from service.ports import Asker, Check, Right, SignIn, Surroundings

_MAIL = Right("Mail.Read", "to read your mail")
_CALENDARS = Right("Calendars.Read", "to read your calendars")
_WHO = (Right("User.Read", "to know whose account it is"), Right("offline_access", "to go on reading without asking you again"))
_ACTS = {
    "draft": Right("Mail.ReadWrite", "to read your mail, and to lay drafts into it"),
    "label": Right("Mail.ReadWrite", "to read your mail, and to set categories and flags on it"),
    "send": Right("Mail.Send", "to send what you approved, in your name"),
    "event": Right("Calendars.ReadWrite", "to read your calendars, and to enter events you approved"),
}
_CONTAINED = {"Mail.ReadWrite": "Mail.Read", "Calendars.ReadWrite": "Calendars.Read"}


class Connect(SignIn):
    options: Mapping[str, str] = {
        "client_id": "your app registration's Application (client) ID",
        "tenant": "your organisation's id or domain; `consumers` for outlook.com (left out: any account)",
        "device": "yes: by a code on another device, where no browser is here",
        "app": "yes: as the app itself, for an organisation that lets it read mailboxes (it needs mailbox=)",
        "mailbox": "with app=yes: whose mailbox is read",
        "certificate": "with app=yes: a PEM file with the app's key and certificate, in place of a secret",
        "authority": "another cloud's sign-in address, such as https://login.microsoftonline.us",
        "graph": "another cloud's Graph, where it is not known",
    }

    def rights(self, kinds: frozenset[str], acts: frozenset[str]) -> Sequence[Right]:
        """Of a config that names neither kind yet, those of both."""
        ours = kinds & {"outlook", "outlook_calendar"} or {"outlook", "outlook_calendar"}
        found = [_ACTS[act] for act in sorted(acts) if act in _ACTS]
        found += [right for kind, right in (("outlook", _MAIL), ("outlook_calendar", _CALENDARS)) if kind in ours]
        contained = {_CONTAINED.get(right.scope) for right in found}
        return (*{r.scope: r for r in found if r.scope not in contained}.values(), *_WHO)

    def sign_in(
        self, asker: Asker, given: Mapping[str, str], rights: Sequence[Right], clock: Callable[[], datetime]
    ) -> Credential:
        blank = _blank(asker, given, tuple(right.scope for right in rights))
        if is_app(blank):
            asker.say(
                "An administrator grants these as application permissions; they then hold for every mailbox that no policy excepts."
            )
            return renewed(blank, clock)
        with application(blank) as app:
            result = _by_code(app, asker, blank) if _yes(given.get("device", "")) else _by_browser(app, asker, blank)
        return kept(blank, app, result, clock)

    def check(self, at: Surroundings) -> Check:
        login = Login(at.credentials, at.account, at.clock)
        credential = login.credential
        graph = Graph.of(credential, at.clock, login, fix=login.fix)
        try:
            if is_app(credential):
                graph.get("/mailFolders/inbox", {"$select": "displayName"})
                who = f"the app may read {credential.about['mailbox']}"
            else:
                me = graph.get("", {"$select": "displayName,userPrincipalName"})
                who = f"{me.get('displayName') or ''} <{me.get('userPrincipalName') or credential.login}>".strip()
        except ExternalError as error:
            says, _, fix = str(error).rpartition(": ")
            return Check(ok=False, says=says or fix, fix=fix)
        finally:
            graph.close()
        return Check(ok=True, says=f"Microsoft, {who}")

    def revoke(self, credential: Credential, clock: Callable[[], datetime]) -> str:  # noqa: ARG002
        """Microsoft has no address to take a single app's rights back at."""
        if is_app(credential):
            return "Microsoft lets only an administrator take an app's rights back: entra.microsoft.com, Enterprise applications"
        return (
            "Microsoft lets only you take rights back: myapplications.microsoft.com, or account.live.com/consent/Manage for outlook.com. "
            "Until then what was handed out ends by itself, within 90 days of not being used."
        )

    def snippet(self, name: str, credential: Credential) -> str:
        named = "" if name == VENDOR else f", login: {name}"
        kinds = [kind for kind, scope in (("outlook", "Mail."), ("outlook_calendar", "Calendars.")) if _may(credential, scope)]
        return "sources:\n" + "\n".join(f"  - {{kind: {kind}{named}}}" for kind in kinds)


def _blank(asker: Asker, given: Mapping[str, str], scopes: tuple[str, ...]) -> Credential:
    """All that is known before anybody has signed in."""
    authority = clouds.authority(given.get("authority") or clouds.WORLD, given.get("tenant") or "common")
    about = {
        "client_id": given.get("client_id") or asker.ask("The Application (client) ID of your app registration"),
        "authority": authority,
        "graph": clouds.graph(given.get("graph", ""), authority),
    }
    if not about["client_id"]:
        raise Rejected(
            "Microsoft needs an app registration of yours: docs/connections/microsoft.md says how; then give client_id="
        )
    if not _yes(given.get("app", "")) and not given.get("certificate"):
        return Credential(VENDOR, "", scopes, {}, about)
    about |= {"as": "app", "mailbox": given.get("mailbox") or asker.ask("Whose mailbox is it to read (an address)")}
    if authority.endswith(("/common", "/consumers", "/organizations")):
        raise Rejected("an app signs in to one organisation: give its id or domain as tenant=")
    if given.get("certificate"):
        secrets = _certificate(Path(given["certificate"]).expanduser())
    else:
        secrets = {"client_secret": asker.secret("The app's client secret (its Value)")}
    return Credential(VENDOR, about["mailbox"], scopes, secrets, about)


def _certificate(file: Path) -> dict[str, str]:
    """The key and the certificate of a PEM file: both are kept, the file isn't needed again."""
    try:
        text = file.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise Rejected(f"certificate={file} can't be read as a PEM file ({type(error).__name__}): correct it") from error
    head, begin, rest = text.partition("-----BEGIN CERTIFICATE-----")
    if "PRIVATE KEY-----" not in text or not begin:
        raise Rejected(f"certificate={file} has to hold both the private key and the certificate, as PEM: put them into one file")
    body, end, after = rest.partition("-----END CERTIFICATE-----")
    key = head if "PRIVATE KEY-----" in head else after
    return {"private_key": key.strip(), "certificate": begin + body + end}


def _by_browser(app: Any, asker: Asker, blank: Credential) -> Mapping[str, Any]:
    """Authorisation code with PKCE (RFC 7636), on a loopback address whose port Entra does not look at."""
    with listening() as loopback:
        flow = app.initiate_auth_code_flow(
            asked(blank.scopes, blank.about["graph"]), redirect_uri=loopback.url, response_mode="form_post"
        )
        asker.browse(flow["auth_uri"])
        answer = loopback.answer()
    if answer.get("state") != flow["state"]:  # somebody else's page sent the browser here
        raise AccessLost("what the browser brought is not of this sign-in: run `reveille connect microsoft` again")
    found: Mapping[str, Any] = app.acquire_token_by_auth_code_flow(flow, dict(answer))
    return found


def _by_code(app: Any, asker: Asker, blank: Credential) -> Mapping[str, Any]:
    """RFC 8628."""
    flow = app.initiate_device_flow(asked(blank.scopes, blank.about["graph"]))
    if "user_code" not in flow:
        refused: Mapping[str, Any] = flow
        return refused
    asker.say(
        f"On any device, open {flow.get('verification_uri', 'https://microsoft.com/devicelogin')} and enter the code {flow['user_code']}."
    )
    found: Mapping[str, Any] = app.acquire_token_by_device_flow(flow)
    return found


def _may(credential: Credential, scope: str) -> bool:
    return is_app(credential) or any(one.startswith(scope) for one in credential.scopes)


def _yes(word: str) -> bool:
    return word.strip().lower() in {"yes", "y", "true", "1", "on"}
