"""Mail threads as a morning looks at them: who wrote last, and what came since the person's own last word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from service.domain.items import Message, Provenance
from service.domain.mailing import Automatic
from service.domain.verdicts import Judged

_PREFIX = re.compile(
    r"^(?:\s*(?:re|aw|antw|sv|vs|rv|res|ref|rif|r|odp|ynt|vá|atb|απ|σχετ|ha|bls|ответ|відп|回复|回覆|答复|答覆|返信|답장|회신|"
    r"fwd?|wg|tr|i|enc|pd|vb|videresend|továbbítás|ilt|转发|轉寄|転送|전달|пересл)\s*(?:\[\d+\]|\(\d+\))?\s*[:：]\s*)+",
    re.IGNORECASE,
)
_SAME_SUBJECT = timedelta(days=45)
"""After a longer silence the same subject between the same people is another matter."""
_ANSWERS_NOTHING = frozenset({Automatic.REPLY, Automatic.READ, Automatic.DELIVERED})


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
    """By thread; a reply whose client left out what it answers joins that of its vendor's thread, else of its subject and partner."""
    groups: dict[str, list[Judged]] = {}
    by_subject: dict[tuple[str, str], tuple[str, datetime]] = {}
    by_vendor: dict[tuple[str, str], str] = {}
    ordered = sorted((*received, *sent), key=lambda j: (j.message.at, j.message.id))
    some_lost = any(_lost_its_thread(j.message) for j in ordered)
    for one in ordered:
        message = one.message
        if message.automatic in _ANSWERS_NOTHING or message.bulk.auto_submitted.startswith("auto-replied"):
            continue
        thread, partners = message.thread_id, _partners(message) if some_lost else ()
        vendors = (message.account, message.conversation)
        if thread not in groups and message.conversation and vendors in by_vendor and not message.in_reply_to:
            thread = by_vendor[vendors]
        elif thread not in groups and _lost_its_thread(message):
            near = (by_subject[p] for p in partners if p in by_subject and message.at - by_subject[p][1] <= _SAME_SUBJECT)
            thread = next((found for found, _ in near), thread)
        groups.setdefault(thread, []).append(one)
        if message.conversation:
            by_vendor.setdefault(vendors, thread)
        for partner in partners:
            by_subject[partner] = thread, message.at
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
