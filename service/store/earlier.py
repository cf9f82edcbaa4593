"""What the store holds of the messages that a page is about to change: how they were before."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from service.domain.items import Message
from service.domain.sync import Delete, Moved, Page, Upsert
from service.domain.verdicts import Judged, Verdict
from service.store import tables
from service.store.codec import Codec
from service.store.database import Database

t, h = tables.item, tables.held
AT_ONCE = 400


def earlier(database: Database, codec: Codec, person: str, account: str, page: Page) -> Mapping[str, tuple[Judged, str]]:
    """By item: the message with its verdict, and the ref of this account under which the page names it."""
    refs = [c.old_ref for c in page.changes if isinstance(c, Moved)] + [c.ref for c in page.changes if isinstance(c, Delete)]
    wanted = {c.item.id: c.ref for c in page.changes if isinstance(c, Upsert) and isinstance(c.item, Message)}
    found: dict[str, tuple[Judged, str]] = {}
    with database.read() as on:
        for start in range(0, len(refs), AT_ONCE):
            part = refs[start : start + AT_ONCE]
            held = select(h.c.item, h.c.ref).where(
                h.c.person == person, h.c.account == account, h.c.ref.in_(part), h.c.kind == "message"
            )
            wanted |= {row.item: row.ref for row in on.execute(held)}
        ids = list(wanted)
        for start in range(0, len(ids), AT_ONCE):
            part = ids[start : start + AT_ONCE]
            query = select(t.c.id, t.c.sealed, t.c.verdict).where(t.c.person == person, t.c.kind == "message", t.c.id.in_(part))
            for id, sealed, verdict in on.execute(query):
                if verdict:
                    found[id] = Judged(codec.unpack(sealed, Message), codec.unpack(verdict, Verdict)), wanted[id]
    return found
