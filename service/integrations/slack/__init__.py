"""Slack: a workspace as one person (or a bot) sees it, read over the Web API, and notices posted to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from service.settings.section import ALLOW, ChannelSettings, Secret, SecretUnreadable, SourceSettings
from service.settings.words import Many

if TYPE_CHECKING:
    from service.integrations.slack.channel import SlackChannel
    from service.integrations.slack.source import Slack
    from service.ports import Surroundings

Token = Callable[[], str]
"""Asked for each request: it may have been connected anew meanwhile. Raises AccessLost where there is none."""

SLACK = "https://slack.com/api/"

_TOKEN = Field(description="Where the token is: xoxp- (you) or xoxb- (a bot)", examples=[{"kept": "slack"}])
_BASE = Field(description="Another server that speaks Slack's Web API", pattern=r"^https?://")


class Settings(SourceSettings):
    rings: ClassVar[bool] = True
    kind: Literal["slack"]
    token: Annotated[Secret | None, _TOKEN] = None
    app_token: Annotated[Secret | None, Field(description="Where the app-level token (xapp-) is, for the doorbell")] = None
    channels: Annotated[
        tuple[str, ...],
        Field(description="Names or ids that are read (direct messages: `direct`); all you are in where left out"),
    ] = ()
    skip: Annotated[tuple[str, ...], Field(description="Names or ids that are not read", examples=[["random", "direct"]])] = ()
    user: Annotated[str, Field(description="Your Slack id or handle, for a bot that may not see e-mails")] = ""
    allow: Annotated[Many[Literal["post"]], ALLOW] = ()
    base_url: Annotated[str, _BASE] = SLACK

    def connect(self, at: Surroundings) -> Slack:
        from service.integrations.slack.source import Slack

        return Slack(self, at, held_by(self.token, at))


class Channel(ChannelSettings):
    """Notices as messages. `to` is a channel's name or id, or the person's own id for a direct message."""

    kind: Literal["slack"]
    token: Annotated[Secret | None, _TOKEN] = None
    to: Annotated[
        str, Field(min_length=1, description="A channel's id or #name, or your user id: a direct message", examples=["U012AB3CD"])
    ]
    base_url: Annotated[str, _BASE] = SLACK

    def connect(self, at: Surroundings) -> SlackChannel:
        from service.integrations.slack.channel import SlackChannel

        return SlackChannel(self, at, held_by(self.token, at))


def held_by(secret: Secret | None, at: Surroundings) -> Token:
    """What the config names, read when it is needed."""

    def read() -> str:
        from service.errors import AccessLost

        if secret is None:
            raise AccessLost("Slack has no token: run `reveille connect slack`, or set `token`")
        try:
            return secret.read(at).strip()
        except SecretUnreadable as error:
            raise AccessLost(f"Slack's token is not there: {error}, or set it and start again") from error

    return read
