"""The sample's mailbox: a maildir with real MIME messages."""

from __future__ import annotations

import os
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any

from service.sample.content import ZONE, Content


def write_mail(content: Content, folder: Path) -> None:
    for sub in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    keys = {m["key"] for m in content.mail}
    for number, entry in enumerate(content.mail):
        sent_at = content.at(entry["at"])
        own = entry["from"] == "mara"
        place = folder / (".Sent/cur" if own else "cur")
        answered = any(other.get("re") == entry["key"] and other["from"] == "mara" for other in content.mail)
        seen = own or answered or sent_at < content.at("-1 12:00")
        flags = ("R" if answered else "") + ("S" if seen else "")
        file = place / f"{int(sent_at.timestamp())}.{number}.sample:2,{flags}"
        file.write_bytes(_message(content, entry, keys, sent_at).as_bytes())
        os.utime(file, (sent_at.timestamp(), sent_at.timestamp()))


def _message(content: Content, entry: dict[str, Any], keys: set[str], sent_at: datetime) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = entry["subject"]
    message["From"] = formataddr(content.address(entry["from"]))
    message["To"] = ", ".join(formataddr(content.address(who)) for who in entry["to"])
    if entry.get("cc"):
        message["Cc"] = ", ".join(formataddr(content.address(who)) for who in entry["cc"])
    message["Date"] = format_datetime(sent_at.astimezone(ZONE))
    message["Message-ID"] = f"<{_id(entry['key'])}>"
    if (parent := entry.get("re")) in keys and parent:
        message["In-Reply-To"] = f"<{_id(parent)}>"
        message["References"] = " ".join(f"<{_id(key)}>" for key in _ancestors(content, entry))
    if entry.get("list"):
        message["List-Id"] = f"<{entry['list']}>"
        message["List-Unsubscribe"] = f"<https://{entry['list']}/unsubscribe>"
        message["Precedence"] = "bulk"
    if entry.get("auto"):
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(entry["body"])
    if entry.get("html"):
        message.add_alternative(entry["html"], subtype="html")
    for name in entry.get("attach", ()):
        message.add_attachment(b"%PDF-1.4\n%%EOF\n", maintype="application", subtype="pdf", filename=name)
    return message


def _ancestors(content: Content, entry: dict[str, Any]) -> list[str]:
    by_key = {m["key"]: m for m in content.mail}
    chain: list[str] = []
    while (parent := entry.get("re")) and parent in by_key:
        chain.insert(0, parent)
        entry = by_key[parent]
    return chain


def _id(key: str) -> str:
    return f"{key}@sample.example"
