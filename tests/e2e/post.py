"""The mail server of these tests: a real one (aiosmtpd), that can be told what to answer, and delivers into a maildir."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import Envelope

from tests.e2e.workspace import put
from tests.integration.mail_server import serving

DROP = "drop"
"""An answer that is none: the server takes the message, and the connection breaks."""


@dataclass
class PostOffice:
    """`answers` are given to DATA in turn, then everything is taken. `on_arrival` runs when the message is in, before its 250."""

    maildir: Path | None = None
    answers: list[str] = field(default_factory=list)
    recipient_answers: list[str] = field(default_factory=list)
    seconds: float = 0.0
    on_arrival: Callable[[], None] = lambda: None
    taken: list[EmailMessage] = field(default_factory=list)
    tries: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        if self.recipient_answers:
            self.tries += 1
            return self.recipient_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.tries += 1
        await asyncio.sleep(self.seconds)
        answer = self.answers.pop(0) if self.answers else "250 queued"
        if answer in {"250 queued", DROP}:
            self._take(bytes(envelope.content or b""))
        if answer == DROP:
            server.transport.abort()
        return answer

    def _take(self, data: bytes) -> None:
        self.taken.append(message_from_bytes(data, policy=policy.default))  # type: ignore[arg-type]
        if self.maildir:
            put(self.maildir, data)
        self.on_arrival()

    @property
    def ids(self) -> Counter[str]:
        return Counter(str(message["Message-ID"]) for message in self.taken)

    @contextmanager
    def open(self) -> Iterator[int]:
        with serving(self) as port:  # type: ignore[arg-type]
            yield port
