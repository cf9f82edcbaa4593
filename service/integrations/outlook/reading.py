"""One sync of a mailbox: what changed first, then what was never read, newest first, then what has to be compared."""

from __future__ import annotations

from collections.abc import Iterator

from service.domain.sync import Page
from service.integrations.outlook import folders
from service.integrations.outlook.comparing import Comparing
from service.integrations.outlook.desk import Desk
from service.integrations.outlook.history import History
from service.integrations.outlook.latest import Latest
from service.integrations.outlook.state import Phase


def pages(desk: Desk, *, begun: bool) -> Iterator[Page]:
    """`begun`: there was a good cursor."""
    desk.state.turn += 1
    latest, history = Latest(desk), History(desk)
    if not begun:
        desk.state.skipped = folders.skipped_ids(desk.graph)
    yield from latest.look()
    if not begun and desk.held:
        for folder in desk.read_folders():
            desk.begin_anew(folder)
    yield from history.newer()
    unread = desk.read_folders(Phase.WALK)
    yield from history.walk(unread)
    yield from Comparing(desk).compare()
    yield from latest.follow([folder for folder in unread if folder.phase is Phase.LIVE])
    yield desk.last_page()
