"""`ports.MailReader`: in a process that can be killed, or here. What reads is imported where it reads: a process that has its children
do it doesn't hold the parsers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import tee

from service.domain.items import Message
from service.domain.raw import RawMessage
from service.domain.sync import Problem
from service.isolation import Failure, Isolated
from service.mail import limits

TIME_LIMIT = timedelta(seconds=10)
"""For one message; the worst seen needs a fraction of a second."""
MEMORY_LIMIT = 512 * 1024 * 1024


class IsolatedMailReader:
    """A message that hangs or crashes its reader becomes a Problem; those around it come as usual, in order."""

    def __init__(self, isolated: Isolated, batch: int = 64, *, attached: bool = False) -> None:
        """`attached`: the text of attachments is read too."""
        self._isolated = isolated
        self._batch = batch
        self._attached = attached

    def read(self, raws: Iterable[RawMessage], own: frozenset[str]) -> Iterator[Message | Problem]:
        given, named = tee(raws)
        read = partial(_read, own=own, attached=self._attached)
        answers = self._isolated.map(read, (_bounded(raw) for raw in given), self._batch)
        for answer, raw in zip(answers, named, strict=False):
            found = self._without_attachments(raw, own, answer) if isinstance(answer, Failure) and self._attached else answer
            yield Problem(where=raw.ref, what=found.what) if isinstance(found, Failure) else found

    def _without_attachments(self, raw: RawMessage, own: frozenset[str], failure: Failure) -> Message | Failure:
        """A file that hangs or eats memory takes itself from the message, not the message from the person."""
        answer = self._isolated.call(partial(_read, own=own), _bounded(raw))
        if isinstance(answer, Failure):
            return failure
        return replace(answer, problems=(*answer.problems, f"its attachments could not be read: that {failure.what}"))


class InlineMailReader:
    """The same in this process, for tests and for one message at a time."""

    def read(self, raws: Iterable[RawMessage], own: frozenset[str]) -> Iterator[Message | Problem]:
        for raw in raws:
            yield _read(raw, own)


def _read(raw: RawMessage, own: frozenset[str], *, attached: bool = False) -> Message:
    from service.mail.message import read_message

    return read_message(raw, own, attached=attached)


def _bounded(raw: RawMessage) -> RawMessage:
    """No more travels to the child than it would read; one byte over, so that it says what is missing."""
    return raw if len(raw.data) <= limits.MESSAGE_BYTES else replace(raw, data=raw.data[: limits.MESSAGE_BYTES + 1])
