"""An unpacked Slack export: channels, private channels and direct messages as folders of one file a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from service.integrations.files.settings import FileSettings

if TYPE_CHECKING:
    from service.integrations.slack_export.source import SlackExport
    from service.ports import Surroundings


class Settings(FileSettings):
    """`channels` limits what is read, by name (direct messages: "direct"); empty is all. `workspace` ("acme", or its
    address) makes links into Slack. `user` is the person's Slack id or handle, where the export carries no e-mails.
    """

    kind: Literal["slack_export"]
    channels: tuple[str, ...] = Field(
        (), description="Channels that are read; all where it is left out", examples=[["proj-atlas"]]
    )
    workspace: str = Field("", description="The workspace's name or address: makes links into Slack", examples=["acme"])
    user: str = Field("", description="Your Slack id or handle, where the export carries no e-mails", examples=["U012AB3CD"])

    def connect(self, at: Surroundings) -> SlackExport:
        from service.integrations.slack_export.source import SlackExport

        return SlackExport(self, at)
