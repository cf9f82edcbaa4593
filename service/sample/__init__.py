"""A fictional person's workspace, dated around today: what `reveille run` shows before there is a config of one's own."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from service.sample.calendar import calendar
from service.sample.chat import write_chat
from service.sample.content import Content
from service.sample.mail import write_mail
from service.sample.records import write_records

MADE = ".made"


def write(folder: Path, now: datetime) -> Path:
    """Returns the config file. A workspace of another day is made anew, so that its day is always today."""
    content = Content.load(now)
    made = folder / MADE
    if made.exists() and made.read_text(encoding="utf-8") == content.today.isoformat():
        return folder / "reveille.yaml"
    if made.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_mail(content, folder / "mail")
    (folder / "calendar.ics").write_bytes(calendar(content))
    write_chat(content, folder / "slack")
    write_records(content, folder)
    file = folder / "reveille.yaml"
    file.write_text(content.config, encoding="utf-8")
    made.write_text(content.today.isoformat(), encoding="utf-8")
    return file
