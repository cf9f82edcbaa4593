"""What both of Microsoft's kinds of source are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from service.settings.section import SourceSettings

if TYPE_CHECKING:
    from service.http import Pace
    from service.integrations.microsoft.graph import Graph
    from service.ports import Surroundings


class GraphSettings(SourceSettings):
    login: Annotated[str, Field(min_length=1, description="The connection's name, as `reveille connections` lists it")] = (
        "microsoft"
    )
    mailbox: Annotated[
        str, Field(description="Whose mailbox, where an app signed in for several", examples=["mara@keller.example"])
    ] = ""

    def default_name(self) -> str:
        return f"{self.kind} {self.mailbox or self.login}" if self.mailbox or self.login != "microsoft" else self.kind

    def graph(self, at: Surroundings, needs: str, pace: Pace | None = None) -> Graph:
        """Raises AccessLost where there is no such connection."""
        from service.integrations.microsoft.graph import Graph
        from service.integrations.microsoft.login import Login

        login = Login(at.credentials, self.login, at.clock)
        more = {"mailbox": self.mailbox, "needs": needs, "fix": login.fix, "pace": pace}
        return Graph.of(login.credential, at.clock, login, **more)
