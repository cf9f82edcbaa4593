"""Folders whose link is no good any more: all that is in them is listed, and compared with what is held. What is unchanged is not read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from service.domain.sync import Delete, Page
from service.integrations.microsoft.rounds import removed
from service.integrations.outlook import mails
from service.integrations.outlook.desk import Desk
from service.integrations.outlook.mails import Mail
from service.integrations.outlook.state import Folder, Phase

SILENT = 10
"""Answers after which a page says that somebody is still at it, though nothing changed."""


@dataclass(slots=True)
class Comparing:
    """A crash in the middle begins it anew: nothing is read again for that, only listed."""

    desk: Desk
    _unseen: set[str] = field(default_factory=set)
    _refs: dict[str, str] = field(default_factory=dict)  # of an id, where it is held: it may have been moved

    def compare(self) -> Iterator[Page]:
        some = self.desk.read_folders(Phase.COMPARE)
        if not some:
            return
        others = {f.key for f in self.desk.read_folders() if f not in some}
        self._unseen = {ref for ref in self.desk.held if ref.partition("/")[0] not in others}
        self._refs = {ref.partition("/")[2]: ref for ref in self._unseen}
        ends = dict[str, str]()
        for folder in some:
            yield from self._all_of(folder, ends)
        unsure = {f.key for f in some if f.id not in ends and f.id in self.desk.state.folders}
        yield from self.desk.add(Delete(ref) for ref in self._unseen if ref.partition("/")[0] not in unsure)
        for folder in some:
            if folder.id in ends:
                folder.phase, folder.link = Phase.LIVE, ends[folder.id]

    def _all_of(self, folder: Folder, ends: dict[str, str]) -> Iterator[Page]:
        desk, link = self.desk, mails.first_link(self.desk.graph, folder.id)
        for number in range(1, 1_000_000):
            found = yield from desk.asked(folder, link)
            if found is None:
                return
            yield from self._some(folder, desk.whole(folder, [item for item in found.items if not removed(item)]))
            link = found.link
            if found.done:
                ends[folder.id] = link
                return
            if number % SILENT == 0:
                yield desk.sheet.page()

    def _some(self, folder: Folder, told: Sequence[Mail]) -> Iterator[Page]:
        desk, fresh = self.desk, list[Mail]()
        for mail in told:
            ref = folder.ref(mail.id)
            old = ref if ref in desk.held else self._refs.get(mail.id, "")
            stamp = desk.held.get(old, "")
            self._unseen.discard(old)
            if not stamp.startswith(f"{desk.prefix}:"):
                fresh.append(mail)
            elif (old, stamp) != (ref, mail.stamp(desk.prefix)):
                yield from desk.add([desk.moved(old, folder, mail)])
        yield from desk.read(folder, fresh)
        desk.seen(folder, told)
