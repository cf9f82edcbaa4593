"""Mail threads as a morning looks at them: who wrote last, and what came since the person's own last word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from service.domain.items import Message, Provenance
from service.domain.verdicts import Judged

_PREFIX = re.compile(r"^(?:\s*(?:re|aw|antw|sv|vs|rv|res|ref|odp|ynt|fwd?|wg|tr)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Oldest message first; never empty. Automatic replies are left out: they answer nothing."""

    id: str
    messages: tuple[Judged, ...]

    @property
    def newest(self) -> Judged:
        return self.messages[-1]

    @property
    def mine_is_newest(self) -> bool:
        return is_own(self.newest.message)

    @property
    def since_mine(self) -> tuple[Judged, ...]:
        """What others wrote after the person's last message, oldest first."""
        mine = [i for i, j in enumerate(self.messages) if is_own(j.message)]
        return self.messages[mine[-1] + 1 if mine else 0 :]


def gather(received: Iterable[Judged], sent: Iterable[Judged]) -> tuple[Conversation, ...]:
    """By thread; a reply whose client left out what it answers joins the thread of its subject and partner."""
    groups: dict[str, list[Judged]] = {}
    by_subject: dict[tuple[str, str], str] = {}
    ordered = sorted((*received, *sent), key=lambda j: (j.message.at, j.message.id))
    some_lost = any(_lost_its_thread(j.message) for j in ordered)
    for one in ordered:
        message = one.message
        if message.bulk.auto_submitted.startswith("auto-replied"):
            continue
        thread, partners = message.thread_id, _partners(message) if some_lost else ()
        if thread not in groups and _lost_its_thread(message):
            thread = next((by_subject[p] for p in partners if p in by_subject), thread)
        groups.setdefault(thread, []).append(one)
        for partner in partners:
            by_subject[partner] = thread
    return tuple(Conversation(key, tuple(group)) for key, group in groups.items())


def is_own(message: Message) -> bool:
    return message.provenance is Provenance.OWN


@lru_cache(maxsize=8192)
def bare_subject(subject: str) -> str:
    return _PREFIX.sub("", subject).strip()


def _lost_its_thread(message: Message) -> bool:
    return not message.in_reply_to and bool(_PREFIX.match(message.subject))


def _partners(message: Message) -> Sequence[tuple[str, str]]:
    subject = bare_subject(message.subject).casefold()
    others = (*message.to, *message.cc) if is_own(message) else (message.sender,)
    return [(subject, a.email) for a in others if a.email] if subject else []
