"""Messages read whole, as MIME: only there attachments' names and what a sent message answers are said as its sender's program wrote them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from service.domain.items import Message
from service.domain.raw import RawMessage
from service.domain.sync import Problem, Upsert
from service.errors import Unavailable
from service.http import Refused, TooLarge
from service.integrations.files.letters import LARGEST
from service.integrations.microsoft.batches import MOST, Ask, Part
from service.integrations.microsoft.graph import IMMUTABLE, Graph
from service.integrations.outlook.mails import Mail, value_path
from service.integrations.outlook.state import Folder
from service.ports import Surroundings


class Letters:
    def __init__(self, graph: Graph, at: Surroundings, prefix: str) -> None:
        self._graph, self._at, self._prefix = graph, at, prefix

    def read(self, folder: Folder, name: str, mails: Sequence[Mail]) -> Iterator[Upsert | Problem]:
        """In their order; what is gone meanwhile is left out. Raises Unavailable, AccessLost."""
        missing: list[Problem] = []
        own = frozenset(email.lower() for email in self._at.person.emails)
        awaited: list[Mail] = []

        def raws() -> Iterator[RawMessage]:
            for mail, data in self._fetched(mails):
                ref = folder.ref(mail.id)
                if isinstance(data, str):
                    missing.append(Problem(ref, data))
                    continue
                awaited.append(mail)
                yield RawMessage(data, self._at.account, ref, mail.received_at, name, mail.flags, mail.url)

        for number, found in enumerate(self._at.read_mail.read(raws(), own)):
            mail = awaited[number]
            yield self._change(found, folder.ref(mail.id), mail)
        yield from missing

    def _change(self, found: Message | Problem, ref: str, mail: Mail) -> Upsert | Problem:
        return Problem(ref, found.what) if isinstance(found, Problem) else Upsert(found, ref, mail.stamp(self._prefix))

    def _fetched(self, mails: Sequence[Mail]) -> Iterator[tuple[Mail, bytes | str]]:
        """The bytes, or why there are none, in words."""
        for start in range(0, len(mails), MOST):
            yield from self._batch(mails[start : start + MOST])

    def _batch(self, mails: Sequence[Mail]) -> Iterator[tuple[Mail, bytes | str]]:
        """Too much for one answer comes by halves, and what is too much by itself without its end."""
        if len(mails) == 1:
            yield from self._alone(mails[0])
            return
        try:
            parts = list(self._graph.batch([Ask(value_path(self._graph, m.id), (IMMUTABLE,)) for m in mails]))
        except TooLarge:
            middle = len(mails) // 2
            yield from self._batch(mails[:middle])
            yield from self._batch(mails[middle:])
            return
        if all(part.broken for part in parts):
            raise Unavailable("Microsoft can't hand over any message just now: it is tried again")
        for mail, part in zip(mails, parts, strict=True):
            yield from self._one(mail, part)

    def _one(self, mail: Mail, part: Part) -> Iterator[tuple[Mail, bytes | str]]:
        data = part.bytes
        if part.ok and data is not None:
            yield mail, data
        elif part.status == 413:
            yield from self._alone(mail)
        elif part.status not in {404, 410}:
            yield mail, f"Microsoft can't hand it over ({part.status})"

    def _alone(self, mail: Mail) -> Iterator[tuple[Mail, bytes | str]]:
        try:
            answer = self._graph.ask(
                "GET", value_path(self._graph, mail.id), largest=LARGEST, cut=True, headers={"Prefer": IMMUTABLE}
            )
        except Refused as error:
            if error.status not in {404, 410}:
                yield mail, f"Microsoft can't hand it over ({error.status})"
            return
        yield mail, answer.data
