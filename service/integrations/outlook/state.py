"""The cursor: how far each folder was read. Its links carry what opens them, so it is sealed with the account and never said."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from service.integrations.files.settings import digest

VERSION = 1
RECENT = 500
"""Messages remembered as held, so that a change of their flags is known for one."""
ASIDE = 200


class Phase(StrEnum):
    WALK = "walk"  # read for the first time, newest first
    COMPARE = "compare"  # its link was lost: compared with what is held
    LIVE = "live"  # its link tells what has changed


@dataclass(slots=True)
class Folder:
    """`reached` and `top` are times as Graph writes them: down to where it was read, and the newest that was seen in it."""

    id: str
    name: str = ""
    parent: str = ""
    search: bool = False  # a search folder shows what lies elsewhere
    total: int = 0
    phase: Phase = Phase.WALK
    link: str = ""
    reached: str = ""
    top: str = ""
    changed: int = 0  # the number of the sync that last found something new in it
    asked: int = 0

    @property
    def key(self) -> str:
        """Its part of a ref."""
        return digest(self.id)[:10]

    def ref(self, id: str) -> str:
        return f"{self.key}/{id}"


@dataclass(slots=True)
class Recent:
    """Refs by their digest: the newest first sync has read, and whatever came since."""

    order: deque[str] = field(default_factory=lambda: deque(maxlen=RECENT))
    there: set[str] = field(default_factory=set)

    def __contains__(self, ref: str) -> bool:
        return digest(ref)[:10] in self.there

    def add(self, ref: str, *, old: bool = False) -> None:
        """`old`: read from history, which does not push out what is newer."""
        mark = digest(ref)[:10]
        if mark in self.there or (old and len(self.order) == RECENT):
            return
        if len(self.order) == RECENT:
            self.there.discard(self.order[0])
        self.order.append(mark)
        self.there.add(mark)

    def drop(self, ref: str) -> None:
        mark = digest(ref)[:10]
        if mark in self.there:
            self.there.discard(mark)
            self.order.remove(mark)


@dataclass(slots=True)
class State:
    fingerprint: str
    folders_link: str = ""
    skipped: list[str] = field(default_factory=list)  # ids of well-known folders
    folders: dict[str, Folder] = field(default_factory=dict)
    recent: Recent = field(default_factory=Recent)
    aside: dict[str, str] = field(default_factory=dict)
    """What could not be read, and why: named at every sync."""
    turn: int = 0

    def cursor(self) -> str:
        said = {
            "v": VERSION,
            "for": self.fingerprint,
            "link": self.folders_link,
            "skipped": self.skipped,
            "folders": [_short(folder) for folder in self.folders.values()],
            "recent": " ".join(self.recent.order),
            "aside": self.aside,
            "turn": self.turn,
        }
        return json.dumps(said, separators=(",", ":"), ensure_ascii=False)

    def set_aside(self, ref: str, what: str) -> None:
        if ref in self.aside or len(self.aside) < ASIDE:
            self.aside[ref] = what


def read(cursor: str | None, fingerprint: str) -> State | None:
    """None where it is no cursor of this source."""
    try:
        said = json.loads(cursor or "")
        if said["v"] != VERSION or said["for"] != fingerprint:
            return None
        folders = [_folder(one) for one in said["folders"]]
        state = State(fingerprint, str(said["link"]), list(said["skipped"]), {f.id: f for f in folders}, turn=int(said["turn"]))
        state.aside = {str(ref): str(what) for ref, what in said["aside"].items()}
        state.recent.order.extend(str(said["recent"]).split())
        state.recent.there.update(state.recent.order)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return state


_USUAL: dict[str, Any] = {f.name: f.default for f in fields(Folder) if f.name != "id"}


def _short(folder: Folder) -> dict[str, Any]:
    return {name: value for name, value in asdict(folder).items() if value != _USUAL.get(name)}


def _folder(said: dict[str, Any]) -> Folder:
    folder = Folder(**said)
    folder.phase = Phase(folder.phase)
    return folder
