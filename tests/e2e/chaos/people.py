"""Generated people: each with a mailbox and many mornings, one for every time that the harness lets something become due."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from tests.e2e.chaos.witness import Witness
from tests.e2e.workspace import put


@dataclass(frozen=True, slots=True)
class Someone:
    """`cadences` are morning cadences with channels of their own, so that the sink tells them apart without asking the ledger: mail
    by its sender `CADENCE@ID.example`, a push by its path `ID/CADENCE`.
    """

    id: str
    folder: Path
    cadences: tuple[str, ...]
    audio: bool = False
    pushes: bool = False
    mails: bool = True
    timings: Mapping[str, Mapping[str, object]] | None = None
    """When each cadence is due, where the harness does not let them become due one by one."""
    timezone: str = "UTC"
    watches: tuple[str, ...] = ()
    """Further cadences that look for urgent mail once an hour, find none, and send nothing."""
    poison: Path | None = None
    """A further source, that kills whoever reads it while this file is there."""

    @property
    def mailbox(self) -> Path:
        return self.folder / "mail"

    def move_in(self) -> None:
        for sub in ("cur", "new", "tmp"):
            (self.mailbox / sub).mkdir(parents=True, exist_ok=True)
        self.receive("Could you send me the signed term sheet by tomorrow?", subject="Atlas round")

    def receive(self, body: str, *, subject: str, ago: timedelta = timedelta(hours=2)) -> Path:
        message = EmailMessage()
        message["Subject"], message["From"] = subject, "Dana Whitfield <dana@atlas.example>"
        message["To"], message["Date"] = f"{self.id}@{self.id}.example", format_datetime(datetime.now(UTC) - ago)
        message["Message-ID"] = f"<{secrets.token_hex(8)}@atlas.example>"
        message.set_content(body)
        return put(self.mailbox, message.as_bytes())

    def config(self, witness: Witness, at: datetime, more: str = "") -> str:
        """Every cadence is due at the minute of `at`, in UTC, and for hours after it still worth sending."""
        channels: dict[str, object] = {}
        cadences: dict[str, object] = {}
        for name in self.cadences:
            to = []
            if self.mails:
                to.append(f"mail {name}")
                channels[to[-1]] = {
                    "kind": "email",
                    "to": f"{self.id}@{self.id}.example",
                    "from": f"{name}@{self.id}.example",
                    "smtp": {"host": "127.0.0.1", "port": witness.mail_port, "security": "none"},
                }
            if self.pushes:
                to.append(f"push {name}")
                channels[to[-1]] = {"kind": "push", "url": {"file": str(self._address(name, witness))}}
            timing = self.timings[name] if self.timings else {"at": f"{at:%H:%M}", "useful": "12h"}
            cadences[name] = {"job": "morning", "days": "daily", "prepare": "1m", **timing, "to": to, "audio": self.audio}
        cadences |= {name: {"job": "triage", "every": "1h"} for name in self.watches}
        document = {
            "me": {
                "id": self.id,
                "name": f"Person {self.id}",
                "emails": [f"{self.id}@{self.id}.example"],
                "timezone": self.timezone,
            },
            "sources": [{"kind": "maildir", "path": str(self.mailbox)}, *self._poison()],
            "channels": channels,
            "cadences": cadences,
            "budget": {"pushes_per_day": 1000},
        }
        return "\n".join(f"{key}: {json.dumps(value)}" for key, value in document.items()) + "\n" + more

    def _poison(self) -> list[dict[str, str]]:
        return [{"kind": "poison", "file": str(self.poison)}] if self.poison else []

    def _address(self, name: str, witness: Witness) -> Path:
        file = self.folder / f"{name}.url"
        file.write_text(f"json://127.0.0.1:{witness.http_port}/{self.id}/{name}\n")
        return file
