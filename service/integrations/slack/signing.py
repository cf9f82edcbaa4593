"""`reveille connect slack`: the token of an app of one's own is typed in, and taken back at Slack when it is disconnected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from service.domain.credentials import Credential
from service.errors import ExternalError
from service.integrations.signing import Typed
from service.integrations.slack import SLACK, Settings
from service.integrations.slack.client import Client
from service.integrations.slack_messages.directory import words
from service.ports import Asker, Right
from service.settings.section import SourceSettings

READING = (
    Right("channels:read groups:read im:read mpim:read", "which conversations you are in, and who is in a small one"),
    Right("channels:history groups:history im:history mpim:history", "what is said there"),
    Right("users:read users:read.email", "names, your own posts, and mentions of you"),
    Right("usergroups:read", "mentions of a group that you are in"),
    Right("search:read", "which channels have something new, in one request (a user token's)"),
)
POSTING = Right("chat:write im:write", "briefings and approved posts (a bot token's)")
MANIFEST = "The app is made of deploy/slack-manifest.yaml, as docs/connections/slack.md shows; its token has these scopes."


class SignIn(Typed):
    vendor = "slack"
    secrets = {  # noqa: RUF012  # the base class says what it is
        "token": "User or bot token (xoxp-… or xoxb-…)",
        "app_token": "App-level token for the doorbell (xapp-…, empty for none)?",
    }
    more = {"base_url": "another server that speaks Slack's Web API"}  # noqa: RUF012

    def rights(self, kinds: frozenset[str], acts: frozenset[str]) -> Sequence[Right]:
        del kinds
        return (*READING, POSTING) if "post" in acts else READING

    def sign_in(
        self, asker: Asker, given: Mapping[str, str], rights: Sequence[Right], clock: Callable[[], datetime]
    ) -> Credential:
        asker.say(MANIFEST)
        typed = super().sign_in(asker, given, rights, clock)
        own = _client(typed, clock).ask("auth.test")
        return replace(typed, login=f"{words(own.get('user'))} in {words(own.get('team'))}")

    def revoke(self, credential: Credential, clock: Callable[[], datetime]) -> str:
        """https://docs.slack.dev/reference/methods/auth.revoke"""
        try:
            _client(credential, clock).ask("auth.revoke")
        except ExternalError as error:
            return f"Slack did not take the token back ({error}). Remove the app in your workspace under Manage apps."
        return "Slack has taken the token back."

    def model(self) -> type[SourceSettings]:
        return Settings

    def words(self, name: str, credential: Credential) -> Mapping[str, Any]:
        app = {"kept": f"{name}.app_token"} if "app_token" in credential.secrets else None
        return {"kind": "slack", "token": {"kept": f"{name}.token"}, "app_token": app, **credential.about}


def _client(credential: Credential, clock: Callable[[], datetime]) -> Client:
    return Client(lambda: credential.secrets.get("token", ""), clock, credential.about.get("base_url", SLACK))
