"""Gmail by its API (https://developers.google.com/workspace/gmail/api/reference/rest)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from service.integrations.google import GoogleSettings
from service.integrations.google.scopes import WATCHING
from service.settings.section import ALLOW, Section
from service.settings.words import Many

if TYPE_CHECKING:
    from service.integrations.gmail.source import Gmail
    from service.ports import Surroundings


_PROJECT = r"projects/[a-z][a-z0-9:.-]{4,62}[a-z0-9]"
_NAMED = r"[A-Za-z][A-Za-z0-9._~+%-]{2,254}"


class Watch(Section):
    """Where Gmail tells of changes, in a Google Cloud project of your own."""

    topic: Annotated[
        str,
        Field(
            pattern=rf"^{_PROJECT}/topics/{_NAMED}$",
            description="The Pub/Sub topic that Gmail may publish to",
            examples=["projects/mara-reveille/topics/gmail"],
        ),
    ]
    subscription: Annotated[
        str,
        Field(
            pattern=rf"^{_PROJECT}/subscriptions/{_NAMED}$",
            description="A pull subscription of it, this mailbox's own",
            examples=["projects/mara-reveille/subscriptions/gmail-mara"],
        ),
    ]


class Settings(GoogleSettings):
    """Spam and the trash are never read. Labels are named as Gmail shows them: Inbox, Promotions, Clients/Atlas."""

    rings: ClassVar[bool] = True
    kind: Literal["gmail"]
    labels: tuple[str, ...] = Field((), description="Only mail with one of these labels; all of it where none is named")
    skip: tuple[str, ...] = Field((), description="Mail with one of these labels is not read", examples=[["Promotions"]])
    allow: Annotated[Many[Literal["draft", "label"]], ALLOW] = ()

    watch: Annotated[Watch | None, Field(description="A doorbell: new mail is read at once")] = None

    @property
    def wants(self) -> frozenset[str]:
        return frozenset({self.kind, WATCHING}) if self.watch else frozenset({self.kind})

    def connect(self, at: Surroundings) -> Gmail:
        from service.integrations.gmail.source import Gmail

        return Gmail(self, at)
