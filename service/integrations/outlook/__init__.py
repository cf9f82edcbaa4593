"""Mail of Microsoft 365, Exchange Online and outlook.com, over Microsoft Graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from service.integrations.microsoft.settings import GraphSettings
from service.settings.section import ALLOW
from service.settings.words import Many

if TYPE_CHECKING:
    from service.integrations.outlook.source import Outlook
    from service.ports import Surroundings


class Settings(GraphSettings):
    """`skip` names folders as Outlook shows them: `skip: [Newsletters, Projects/Old]`; what lies below them is skipped, too."""

    kind: Literal["outlook"]
    skip: tuple[str, ...] = Field(
        (), description="Folders that are not read, beside deleted, junk, drafts and outbox", examples=[["Newsletters"]]
    )
    allow: Annotated[Many[Literal["draft", "label"]], ALLOW] = ()

    def connect(self, at: Surroundings) -> Outlook:
        from service.integrations.outlook.source import Outlook

        return Outlook(self, at)
