"""A mailbox as a source. A message's ref is its folder's digest and its immutable id, so that it keeps its id wherever it is moved.

Deltas are per folder: one `$batch` asks up to 19 folders and the list of folders itself. That is one request for a mailbox of up to 19 folders
in which nothing changed, two up to 39, three up to 59. Of more, those where something changed lately are asked in each sync, the rest by turns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from service.domain.sync import Page
from service.errors import ExternalError
from service.http import Pace
from service.integrations.files.place import many
from service.integrations.files.settings import digest
from service.integrations.outlook.desk import Desk
from service.integrations.outlook.reading import pages
from service.integrations.outlook.state import State, read
from service.ports import Check, Surroundings

if TYPE_CHECKING:
    from service.integrations.outlook import Settings

FORMAT = "1"
"""Part of every stamp: raised when messages are read differently than before, so that all are read once more."""
NEEDS = "Mail.Read"


class Outlook:
    def __init__(self, settings: Settings, at: Surroundings, pace: Pace | None = None) -> None:
        """Raises AccessLost where nobody has signed in. `pace`: in place of what Microsoft allows."""
        self._settings, self._at, self._pace = settings, at, pace
        whose = sorted(email.lower() for email in at.person.emails)
        self._prefix = digest(FORMAT, *whose)[:6]
        self._graph = settings.graph(at, NEEDS, pace)
        self._fingerprint = digest(FORMAT, self._graph.owner, *settings.skip)[:10]

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        """Newest first. `held` is looked at where there is no good cursor or a folder's is no good any more, and where an old message is told
        of that was not read lately. Raises Unavailable, AccessLost, Rejected.
        """
        state = read(cursor, self._fingerprint)
        desk = Desk(self._graph, self._at, self._prefix, self._settings.skip, state or State(self._fingerprint), held)
        return pages(desk, begun=state is not None)

    def check(self) -> Check:
        try:
            inbox = self._graph.get("/mailFolders/inbox", {"$select": "displayName,totalItemCount,childFolderCount"})
        except ExternalError as error:
            says, _, fix = str(error).rpartition(": ")
            return Check(ok=False, says=says or fix, fix=fix)
        count = inbox.get("totalItemCount")
        held = f": {many(count, 'message')} in {inbox.get('displayName') or 'Inbox'}" if isinstance(count, int) else ""
        return Check(ok=True, says=f"{self._settings.default_name()} at {self._graph.host}{held}")

    def close(self) -> None:
        """Or leave it to the end of the process: it holds idle connections only."""
        self._graph.close()
