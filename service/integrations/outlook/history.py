"""What was never read: a page of whichever folder holds the newest that is still unread, so that all of it comes newest first."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from service.domain.sync import Page
from service.integrations.microsoft.batches import Ask
from service.integrations.microsoft.rounds import removed
from service.integrations.outlook import mails
from service.integrations.outlook.desk import Desk
from service.integrations.outlook.mails import PREFER
from service.integrations.outlook.state import Folder, Phase

MOST_NEWER = 10
"""Pages of new messages that are read before history goes on; older ones among them come with their folder's delta."""


@dataclass(slots=True)
class History:
    desk: Desk

    def newer(self) -> Iterator[Page]:
        """A first sync that was stopped begins with what came meanwhile: its deltas will tell of that only at their end."""
        desk = self.desk
        begun = [f for f in desk.read_folders(Phase.WALK) if f.link and f.top]
        asks = [Ask(mails.newer_link(desk.graph, f.id, f.top), PREFER) for f in begun]
        for folder, part in zip(begun, list(desk.graph.batch(asks)), strict=True):
            said, left = part.body if part.ok and isinstance(part.body, dict) else {}, MOST_NEWER
            while said and left:
                yield from desk.read(folder, desk.whole(folder, [one for one in said.get("value") or () if "id" in one]))
                following, left = said.get("@odata.nextLink"), left - 1
                said = desk.graph.follow(desk.graph.link(following), PREFER) if following and left else {}

    def walk(self, begun: Sequence[Folder]) -> Iterator[Page]:
        desk = self.desk
        desk.sheet.total = sum(f.total for f in begun) if begun else None
        self._find_heads([f for f in begun if not f.reached])
        left = list(begun)
        while left:
            folder = max(left, key=lambda f: f.reached)
            if not (yield from self._step(folder)):
                left.remove(folder)
            yield from desk.sheet.turn_over(1)

    def _step(self, folder: Folder) -> Generator[Page, None, bool]:
        """Returns whether there is more of it."""
        desk = self.desk
        found = yield from desk.asked(folder, folder.link or mails.first_link(desk.graph, folder.id))
        if found is None:
            return False
        told = desk.whole(folder, [item for item in found.items if not removed(item)])
        fresh = [mail for mail in told if folder.ref(mail.id) not in desk.state.recent]
        if not folder.link:  # until there is a link to go on from, a crash leaves what has to be compared
            folder.phase = Phase.COMPARE
        yield from desk.read(folder, fresh, old=True)
        folder.phase, folder.link = Phase.WALK, found.link
        folder.reached = min((mail.received for mail in told), default=folder.reached)
        if found.done:
            folder.phase, folder.reached = Phase.LIVE, ""
        return not found.done

    def _find_heads(self, begun: Sequence[Folder]) -> None:
        if len(begun) < 2:
            return
        asks = [Ask(mails.newest_link(self.desk.graph, f.id)) for f in begun]
        for folder, part in zip(begun, self.desk.graph.batch(asks), strict=True):
            newest = part.body.get("value") if part.ok and isinstance(part.body, dict) else None
            folder.reached = str(newest[0].get("receivedDateTime") or "") if newest else ""
