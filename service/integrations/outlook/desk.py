"""What the parts of one sync share: how far it is, what is held, and the page that is being filled."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

from service.domain.sync import Change, Delete, Moved, Page, Problem
from service.http import Refused
from service.integrations.microsoft.batches import Ask
from service.integrations.microsoft.graph import IMMUTABLE, Graph, gone
from service.integrations.microsoft.refusals import expired
from service.integrations.microsoft.rounds import Round, read_round
from service.integrations.microsoft.sheet import Sheet
from service.integrations.outlook import folders, mails
from service.integrations.outlook.letters import Letters
from service.integrations.outlook.mails import PREFER, Mail
from service.integrations.outlook.state import Folder, Phase, State
from service.ports import Surroundings


class Desk:
    def __init__(
        self, graph: Graph, at: Surroundings, prefix: str, skip: Sequence[str], state: State, held: Mapping[str, str]
    ) -> None:
        """`prefix` of stamps stands for how messages are read."""
        self.graph, self.prefix, self.state, self.held = graph, prefix, state, held
        self.sheet = Sheet(state.cursor)
        self._skip, self._letters = skip, Letters(graph, at, prefix)

    # --- folders ---------------------------------------------------------------------------------------------------------

    def read_folders(self, phase: Phase | None = None) -> list[Folder]:
        return [f for f in folders.wanted(self.state, self._skip) if phase is None or f.phase is phase]

    def asked(self, folder: Folder, link: str) -> Generator[Page, None, Round | None]:
        """None where its link is no good any more, or it is gone: that is seen to."""
        try:
            return read_round(self.graph.follow(link, PREFER), self.graph)
        except Refused as error:
            if gone(error) and link != mails.first_link(self.graph, folder.id):
                self.begin_anew(folder)
            elif error.status == 404:
                yield from self.lost(folder)
            else:
                raise
        return None

    def expired(self, folder: Folder, status: int, body: object) -> bool:
        if expired(status, body):
            self.begin_anew(folder)
            return True
        return False

    @staticmethod
    def begin_anew(folder: Folder) -> None:
        folder.phase, folder.link, folder.reached = Phase.COMPARE, "", ""

    def lost(self, folder: Folder) -> Iterator[Page]:
        """Nothing of it is held any longer; should it come back, it is read anew."""
        if folder.id in self.state.folders:
            self.state.folders[folder.id] = Folder(folder.id, folder.name, folder.parent, folder.search)
        yield from self.add(Delete(ref) for ref in self.held if ref.startswith(f"{folder.key}/"))

    # --- messages --------------------------------------------------------------------------------------------------------

    def whole(self, folder: Folder, items: Sequence[dict[str, Any]]) -> list[Mail]:
        """Newest first. Of those that Graph named in part, all is asked for."""
        found = {item["id"]: mails.read(item) for item in items}
        parts = [id for id, mail in found.items() if mail is None]
        asks = [Ask(mails.one_link(self.graph, id), (IMMUTABLE,)) for id in parts]
        for id, part in zip(parts, self.graph.batch(asks), strict=True):
            if part.ok and isinstance(part.body, dict):
                found[id] = mails.read(part.body | {"id": id})
            elif part.status == 404:
                self.sheet.put(Delete(folder.ref(id)))
            else:
                raise self.graph.refused(part)
        return sorted((mail for mail in found.values() if mail is not None), key=lambda mail: mail.received, reverse=True)

    def read(self, folder: Folder, some: Sequence[Mail], *, old: bool = False) -> Iterator[Page]:
        """`old`: they come from history."""
        for change in self._letters.read(folder, folders.path(folder, self.state), some):
            if isinstance(change, Problem):
                self.state.set_aside(change.where, change.what)
            else:
                self.state.recent.add(change.ref, old=old)
                yield from self.add([change])
        self.seen(folder, some)

    def moved(self, old_ref: str, folder: Folder, mail: Mail) -> Moved:
        ref = folder.ref(mail.id)
        self.state.recent.add(ref)
        return Moved(old_ref, ref, mail.stamp(self.prefix), mail.flags, folders.path(folder, self.state))

    @staticmethod
    def seen(folder: Folder, some: Iterable[Mail]) -> None:
        folder.top = max((folder.top, *(mail.received for mail in some)))

    # --- pages -----------------------------------------------------------------------------------------------------------

    def add(self, changes: Iterable[Change]) -> Iterator[Page]:
        return self.sheet.add(self._settled(changes))

    def last_page(self) -> Page:
        return self.sheet.page([Problem(ref, what) for ref, what in self.state.aside.items()])

    def _settled(self, changes: Iterable[Change]) -> Iterator[Change]:
        """What was known of it before is forgotten where it is not there any more."""
        for change in changes:
            ref = change.old_ref if isinstance(change, Moved) else change.ref
            self.state.aside.pop(ref, None)
            if isinstance(change, Delete) or ref != change.ref:
                self.state.recent.drop(ref)
            yield change
