"""The one item that a person means: by its id, its Message-ID, a file, or words of its subject."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from service.cli.edge import failed, wrong_usage

if TYPE_CHECKING:
    from service.bootstrap import House
    from service.domain.items import Event, Message, Thread

LOOK_BACK, LOOK_AHEAD = timedelta(days=60), timedelta(days=60)
SHORTEST_ID = 6
SHOWN = 8


def the_message(house: House, named: str) -> Message:
    from service.domain.items import Message

    found = the_item(house, named)
    if not isinstance(found, Message):
        wrong_usage(f"{named} is not a mail: only mail can be corrected.")
    return found


def the_item(house: House, named: str) -> Message | Thread | Event:
    """Ends the command where there is none, or several are meant."""
    if Path(named).suffix == ".eml":
        return _read(house, named)
    everything = _items(house)
    bare = named.strip("<>")
    for matches in (
        [i for i in everything if bare in (i.id, getattr(i, "message_id", ""))],
        [i for i in everything if len(bare) >= SHORTEST_ID and i.id.startswith(bare)],
        [i for i in everything if bare.casefold() in _title(i).casefold()],
    ):
        if len(matches) == 1:
            return matches[0]
        if matches:
            lines = "\n".join(f"  {i.id}  {i.at:%Y-%m-%d}  {_title(i)[:80]}" for i in matches[:SHOWN])
            failed(f"{len(matches)} items are called {named!r}; name one by its id:\n{lines}")
    return failed(
        f"nothing of the last {LOOK_BACK.days} days is called {named!r}: give an id, a Message-ID, words of its subject, or FILE.eml"
    )


def _items(house: House) -> list[Message | Thread | Event]:
    """Newest first."""
    now = house.clock()
    mail = [j.message for j in (*house.items.received(now - LOOK_BACK, now), *house.items.sent(now - LOOK_BACK, now))]
    chats = house.items.chats(now - LOOK_BACK, now)
    events = house.items.events(now - LOOK_BACK, now + LOOK_AHEAD)
    return sorted((*mail, *chats, *events), key=lambda i: i.at, reverse=True)


def _title(item: Message | Thread | Event) -> str:
    from service.domain.items import Message, Thread

    if isinstance(item, Message):
        return item.subject
    return item.posts[0].text if isinstance(item, Thread) else item.title


def _read(house: House, named: str) -> Message:
    """In a process of its own, as every message is read."""
    from datetime import UTC, datetime

    from service.domain.items import Message
    from service.domain.raw import RawMessage
    from service.mail.limits import MESSAGE_BYTES
    from service.mail.reader import IsolatedMailReader

    path = Path(named)
    with path.open("rb") as file:  # what is wrong with a file is said at the edge
        data = file.read(MESSAGE_BYTES + 1)
    raw = RawMessage(data, account="file", ref=named, stored_at=datetime.fromtimestamp(path.stat().st_mtime, UTC))
    [found] = IsolatedMailReader(house.isolated).read([raw], frozenset(house.config.person.emails))
    if not isinstance(found, Message):
        failed(f"{named}: {found.what}")
    return found
