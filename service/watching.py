"""What the person does in their own mailbox, seen as it is synced: flags, folders, what was opened or thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from service.domain.items import Message
from service.domain.learning import Feedback
from service.domain.sync import Account, Moved, Page, Upsert
from service.domain.verdicts import Judged
from service.errors import Erased
from service.store.codec import Codec
from service.store.database import Database
from service.store.earlier import earlier
from service.triage.acts import after, changes
from service.triage.teaching import Teacher

Before = Mapping[str, tuple[Judged, str]]


@dataclass(frozen=True, slots=True)
class Observer:
    """Looks at each page twice: before it is committed, for how things were, and after that. What is missed when a process dies in
    between teaches nothing, and costs nothing else.
    """

    database: Database
    codec: Codec
    teacher: Teacher

    def before(self, account: Account, page: Page) -> Before:
        return earlier(self.database, self.codec, account.person, account.name, page)

    def saw(self, before: Before, page: Page, at: datetime) -> int:
        """How many lessons it was."""
        moved = {c.old_ref: c for c in page.changes if isinstance(c, Moved)}
        written = {c.item.id: c.item for c in page.changes if isinstance(c, Upsert) and isinstance(c.item, Message)}
        found: list[Feedback] = []
        for item, (was, ref) in before.items():
            if item in written:
                found += changes(was, written[item], at)
            elif ref in moved:
                found += changes(was, after(was.message, moved[ref].flags, moved[ref].folder), at)
        try:
            return self.teacher.note(found)
        except Erased:  # the person's data is being taken away: nothing is to be learned of them
            return 0
