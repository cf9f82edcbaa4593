"""From raw messages to changes, through the reader that may be killed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from service.domain.items import Message
from service.domain.raw import RawMessage
from service.domain.sync import Change, Delete, Moved, Problem, Upsert
from service.integrations.files.contents import MEGABYTE
from service.integrations.files.progress import Progress
from service.ports import Surroundings

LARGEST = 50 * MEGABYTE
"""A message, with its attachments."""

DRAFTS = frozenset({"drafts", "draft", "entwürfe", "brouillons", "borradores", "bozze", "concepten"})
TRASH = frozenset(
    {"trash", "deleted", "deleted items", "deleted messages", "bin", "papierkorb", "gelöscht", "gelöschte elemente", "corbeille"}
    | {"éléments supprimés", "papelera", "elementos eliminados", "cestino", "prullenbak"}
)
SENT = frozenset(
    {"sent", "sent items", "sent mail", "sent messages", "outbox", "gesendet", "gesendete elemente", "gesendete objekte"}
    | {"envoyés", "éléments envoyés", "enviados", "elementos enviados", "posta inviata", "verzonden items"}
)


def flags_of_folder(folder: str) -> frozenset[str]:
    """What lying in a folder of this name says of a message."""
    leaf = folder.replace("\\", "/").rstrip("/").rpartition("/")[2].strip().lower().replace("-", " ").replace("_", " ")
    if leaf in DRAFTS:
        return frozenset({"draft", "seen"})
    if leaf in TRASH:
        return frozenset({"trashed"})
    return frozenset({"seen"}) if leaf in SENT else frozenset()


@dataclass(frozen=True, slots=True)
class Letter:
    """A message about to be read. `key` is the part of the stamp that stands for its bytes, without the flags."""

    raw: RawMessage
    stamp: str
    key: str


Marker = Callable[[], None]
"""Called once everything before it has been handed on: then a cursor may say so."""


def understand(
    at: Surroundings, letters: Iterable[Letter | Change | Problem | Marker], progress: Progress
) -> Iterator[Change | Problem]:
    """In the order of `letters`; what is no letter passes through at its place. What gives no item is set aside, so that
    it is not read again while it stays as it is.
    """
    queue: deque[_Awaited | Change | Problem | Marker] = deque()

    def raws() -> Iterator[RawMessage]:
        for letter in letters:
            if isinstance(letter, Letter):
                queue.append(_Awaited(letter.raw.ref, letter.stamp, letter.key))
                yield letter.raw
            else:
                queue.append(letter)

    for read in at.read_mail.read(raws(), frozenset(email.lower() for email in at.person.emails)):
        yield from _passing(queue)
        awaited = queue.popleft()
        assert isinstance(awaited, _Awaited)
        yield from _settle(read, awaited, progress)
        yield from _passing(queue)
    yield from _passing(queue)


class _Awaited(NamedTuple):
    ref: str
    stamp: str
    key: str


def _passing(queue: deque[_Awaited | Change | Problem | Marker]) -> Iterator[Change | Problem]:
    while queue and not isinstance(queue[0], _Awaited):
        passing = queue.popleft()
        if isinstance(passing, (Upsert, Delete, Moved, Problem)):
            yield passing
        elif not isinstance(passing, _Awaited):
            passing()


def _settle(read: Message | Problem, awaited: _Awaited, progress: Progress) -> Iterator[Change | Problem]:
    if isinstance(read, Problem):
        progress.set_aside(awaited.ref, awaited.key, read.what)
        yield Problem(awaited.ref, read.what)
    else:
        # Reveille's own mail too: the sync takes it as proof of arrival, and holds it without making it an item.
        yield Upsert(read, awaited.ref, awaited.stamp)
