"""What is stored of a person, as jobs ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from service.domain.items import Contact, Deal, Event, Note, Task, Thread
from service.domain.ledger import Occurrence
from service.domain.proposals import Act
from service.domain.sync import Account
from service.domain.verdicts import Judged, Relation


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a briefing will certainly ask, said before it begins: a database on another machine answers all of it in one turn."""

    mail_since: datetime
    chats_since: datetime
    start: datetime
    """The day whose events are asked for, to `end`."""
    end: datetime
    until: datetime
    cadence: str
    told_before: datetime


class Items(Protocol):
    """Reading what the store holds of one person, in domain words. `until` bounds what existed at that moment: nothing
    later is ever returned, so that a briefing can be made as of any time. Order is stated; sequences are whole.
    """

    def at_once(self, ahead: Ahead | None = None) -> AbstractContextManager[None]:
        """What this thread asks inside is answered from one snapshot, which costs less than to ask one by one; less still where
        it was said `ahead`.
        """
        ...

    def mark(self, as_of: datetime) -> Mapping[str, Any]:
        """Stands for all that this thread has asked so far inside `at_once`, as plain JSON; {} where nobody keeps count."""
        ...

    def unchanged(self, mark: Mapping[str, Any], as_of: datetime) -> bool:
        """Whether the same questions, asked as of this later moment, have the same answers. False, too, where nobody can tell."""
        ...

    def received(self, since: datetime, until: datetime) -> Sequence[Judged]:
        """Messages from others with since <= at < until, newest first."""
        ...

    def sent(self, since: datetime, until: datetime) -> Sequence[Judged]:
        """The person's own messages, newest first."""
        ...

    def conversations(self, thread_ids: Iterable[str], until: datetime) -> Mapping[str, Sequence[Judged]]:
        """Whole mail threads, oldest message first."""
        ...

    def correspondence(self, emails: Iterable[str], until: datetime, limit: int) -> Sequence[Judged]:
        """Messages from or to any of these addresses, newest first."""
        ...

    def relations(self, emails: Iterable[str]) -> Mapping[str, Relation]:
        """Missing addresses have no dealings with the person yet."""
        ...

    def events(self, start: datetime, end: datetime) -> Sequence[Event]:
        """Instances overlapping [start, end), by start, cancelled ones included."""
        ...

    def event(self, id: str) -> Event | None: ...

    def chats(self, since: datetime, until: datetime) -> Sequence[Thread]:
        """Chat threads with a post in [since, until), newest activity first; posts after `until` are left out."""
        ...

    def chats_with(self, emails: Iterable[str], until: datetime, limit: int) -> Sequence[Thread]:
        """Chat threads any of these people wrote in, newest first."""
        ...

    def contacts(self, emails: Iterable[str]) -> Mapping[str, Contact]:
        """By e-mail. Where several sources know one address, the fields of all are merged, the newest winning."""
        ...

    def deals(self, emails: Iterable[str], companies: Iterable[str]) -> Sequence[Deal]:
        """Deals that name one of the people or companies (by name or domain), open ones first, newest first."""
        ...

    def open_deals(self) -> Sequence[Deal]: ...

    def tasks(self) -> Sequence[Task]:
        """Tasks not done, by due date, those without one last."""
        ...

    def notes(self, words: Iterable[str], until: datetime, limit: int) -> Sequence[Note]:
        """Notes that mention any of these words, names or addresses: most matches first, then newest."""
        ...

    def told(self, cadence: str, before: datetime, besides: str = "") -> Mapping[str, str]:
        """Fact key → version as last said by a briefing of this cadence that was delivered or is on its way, and whose due time
        was before `before`. `besides` is the id of an occurrence that doesn't count: the one that asks.
        """
        ...

    def last_told_at(self, cadence: str, before: datetime) -> datetime | None:
        """When the newest delivered briefing of this cadence before `before` was made."""
        ...

    def accounts(self) -> Sequence[Account]: ...

    def missed(self, since: datetime, until: datetime) -> Sequence[Occurrence]:
        """Occurrences that ended failed, unknown or skipped as expired or superseded in [since, until)."""
        ...


class Deeds(Protocol):
    """What was done, and what waits for the person's yes."""

    def since(self, since: datetime, until: datetime) -> Sequence[Act]:
        """Begun in [since, until), newest first."""
        ...

    def waiting(self, now: datetime) -> int: ...
