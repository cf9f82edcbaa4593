"""What changed since the last sync: the folders and what is in them, all asked at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from service.domain.sync import Delete, Moved, Page
from service.integrations.microsoft.batches import Ask, Part
from service.integrations.microsoft.refusals import expired
from service.integrations.microsoft.rounds import Round, read_round, removed
from service.integrations.outlook import folders
from service.integrations.outlook.desk import Desk
from service.integrations.outlook.mails import PAGE, PREFER, Mail
from service.integrations.outlook.state import Folder, Phase, State

AT_ONCE = 59
"""Folders of one sync: with the list of folders that makes three batches."""
LATELY = 30
"""Of those, how many are asked in each sync, where there are more in all: the ones that changed last."""


@dataclass(slots=True)
class Latest:
    desk: Desk

    def look(self) -> Iterator[Page]:
        desk = self.desk
        asked = _turn(desk.read_folders(Phase.LIVE), desk.state)
        listing = Ask(desk.state.folders_link or folders.first_link(desk.graph), (f"odata.maxpagesize={PAGE}",))
        answers = list(desk.graph.batch([listing, *(Ask(f.link, PREFER) for f in asked)]))
        names = {f.id: folders.path(f, desk.state) for f in desk.read_folders() if f.link}
        for folder in self._list(answers[0]):
            yield from desk.lost(folder)
        for folder in desk.read_folders():
            yield from self._renamed(folder, names.get(folder.id))
        still = {folder.id for folder in desk.read_folders()}
        yield from self._answered([(f, part) for f, part in zip(asked, answers[1:], strict=True) if f.id in still])

    def follow(self, some: Sequence[Folder]) -> Iterator[Page]:
        """What came into folders while they were read for the first time."""
        answers = self.desk.graph.batch([Ask(f.link, PREFER) for f in some])
        yield from self._answered(list(zip(some, answers, strict=True)))

    def _renamed(self, folder: Folder, before: str | None) -> Iterator[Page]:
        name = folders.path(folder, self.desk.state)
        if before not in {None, name}:
            here = [(ref, stamp) for ref, stamp in self.desk.held.items() if ref.startswith(f"{folder.key}/")]
            yield from self.desk.add(Moved(ref, ref, stamp, None, name) for ref, stamp in here)

    def _list(self, part: Part) -> list[Folder]:
        """Brings the folders up to date. Returns those that were read until now."""
        desk, state = self.desk, self.desk.state
        before = [f for f in state.folders.values() if f.link or f.phase is Phase.COMPARE]
        listed = set(state.folders)
        if expired(part.status, part.body):
            listed.clear()
            found = read_round(desk.graph.follow(folders.first_link(desk.graph)), desk.graph)
        elif part.ok:
            found = read_round(part.body, desk.graph)
        else:
            raise desk.graph.refused(part)
        while True:
            folders.note(state, found.items)
            listed |= {one["id"] for one in found.items}
            if found.done:
                break
            found = read_round(desk.graph.follow(found.link), desk.graph)
        state.folders_link = found.link
        state.folders = {id: f for id, f in state.folders.items() if id in listed}
        still = {folder.id for folder in desk.read_folders()}
        return [folder for folder in before if folder.id not in still]

    def _answered(self, answers: Sequence[tuple[Folder, Part]]) -> Iterator[Page]:
        rounds: list[tuple[Folder, Round]] = []
        for folder, part in answers:
            if part.ok:
                rounds.append((folder, read_round(part.body, self.desk.graph)))
            elif part.status == 404:
                yield from self.desk.lost(folder)
            elif not self.desk.expired(folder, part.status, part.body):
                raise self.desk.graph.refused(part)
        moves = Moves(rounds)
        for folder, found in rounds:
            yield from self._live(folder, found, moves)

    def _live(self, folder: Folder, found: Round, moves: Moves) -> Iterator[Page]:
        while True:
            if found.items:
                folder.changed = self.desk.state.turn
            yield from self._take(folder, found.items, moves)
            folder.link = found.link
            yield from self.desk.sheet.turn_over()
            following = None if found.done else (yield from self.desk.asked(folder, folder.link))
            if following is None:
                return
            found = following

    def _take(self, folder: Folder, items: Sequence[dict[str, Any]], moves: Moves) -> Iterator[Page]:
        desk = self.desk
        left = [item["id"] for item in items if removed(item)]
        yield from desk.add(Delete(folder.ref(id)) for id in left if not moves.arrives(id))
        fresh: list[Mail] = []
        for mail in desk.whole(folder, [item for item in items if not removed(item)]):
            old = moves.left(mail.id, folder)
            if old is not None and self._knows(old, mail):
                yield from desk.add([desk.moved(old.ref(mail.id), folder, mail)])
            elif self._knows(folder, mail):
                yield from desk.add([desk.moved(folder.ref(mail.id), folder, mail)])
            else:
                fresh.append(mail)
        yield from desk.read(folder, fresh)

    def _knows(self, folder: Folder, mail: Mail) -> bool:
        """Graph does not tell whether a message it names is new. It is where it was received after all that was seen in its folder; else it
        is looked for among what was read lately, and only then among what is held.
        """
        ref = folder.ref(mail.id)
        return ref in self.desk.state.recent or (mail.received <= folder.top and ref in self.desk.held)


class Moves:
    """A message that left one folder and is in another one now keeps what was read of it."""

    def __init__(self, rounds: Sequence[tuple[Folder, Round]]) -> None:
        self._left = {item["id"]: folder for folder, found in rounds for item in found.items if removed(item)}
        self._here = {item["id"] for _, found in rounds for item in found.items if not removed(item)}

    def arrives(self, id: str) -> bool:
        return id in self._here

    def left(self, id: str, here: Folder) -> Folder | None:
        folder = self._left.get(id)
        return folder if folder is not here else None


def _turn(live: Sequence[Folder], state: State) -> list[Folder]:
    """Which are asked in this sync."""
    if len(live) > AT_ONCE:
        by_change = sorted(live, key=lambda f: f.changed, reverse=True)
        live = by_change[:LATELY] + sorted(by_change[LATELY:], key=lambda f: f.asked)[: AT_ONCE - LATELY]
        for folder in live:
            folder.asked = state.turn
    return list(live)
