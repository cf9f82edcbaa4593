"""A person's files for tests that run the commands: a maildir, a calendar, a config."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from typing import Any

from tests.e2e.driver import Reveille

_number = count()
CONFIG = """me: {{name: Mara Keller, emails: [mara@keller.example], timezone: {zone}}}
sources:
{sources}
channels:
{channels}
cadences:
{cadences}
"""
MAILDIR = "{kind: maildir, path: mail}"
FOLDER = "{kind: folder, path: out}"


def config(
    sources: Iterable[str] = (MAILDIR,),
    channels: Mapping[str, str] | None = None,
    cadences: Mapping[str, str] | None = None,
    zone: str = "Europe/Zurich",
    more: str = "",
) -> str:
    channels = {"out": FOLDER} if channels is None else channels
    cadences = {"morning": '{at: "07:00", days: daily}'} if cadences is None else cadences
    return (
        CONFIG.format(
            zone=zone,
            sources="\n".join(f"  - {s}" for s in sources),
            channels="\n".join(f"  {name}: {c}" for name, c in channels.items()),
            cadences="\n".join(f"  {name}: {c}" for name, c in cadences.items()),
        )
        + more
    )


def where_it_is_morning() -> str:
    """A zone in which it is nine o'clock or a little later: what begins in some hours begins on the same day."""
    east = (9 - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-east:+d}"  # POSIX counts westwards


def smtp(port: int, more: str = "", to: str = "mara@keller.example") -> str:
    return (
        f"{{kind: email, to: {to}, from: reveille@keller.example, smtp: {{host: 127.0.0.1, port: {port}, security: none{more}}}}}"
    )


def a_workspace(folder: Path, text: str | None = None, **env: str) -> Reveille:
    """One question from Dana in the mailbox, received two hours ago."""
    for sub in ("cur", "new", "tmp"):
        (folder / "mail" / sub).mkdir(parents=True)
    reveille = Reveille(folder, env)
    reveille.config(text or config())
    receive(folder, "Could you send me the signed term sheet by tomorrow?", subject="Atlas round")
    return reveille


def receive(folder: Path, body: str, *, subject: str = "A question", ago: timedelta = timedelta(hours=2), **fields: Any) -> Path:
    number = next(_number)
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = fields.get("sender", "Dana Whitfield <dana@atlas.example>")
    message["To"] = fields.get("to", "Mara Keller <mara@keller.example>")
    message["Date"] = format_datetime(datetime.now(UTC) - ago)
    message["Message-ID"] = f"<{number}@atlas.example>"
    message.set_content(body)
    return put(folder / "mail", message.as_bytes())


def put(maildir: Path, data: bytes) -> Path:
    """As a mail server delivers: written whole in tmp, then moved to new."""
    name = f"{int(datetime.now(UTC).timestamp())}.{next(_number)}.test"
    (maildir / "tmp" / name).write_bytes(data)
    return (maildir / "tmp" / name).rename(maildir / "new" / name)
