"""What a channel is handed, and a notice to send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from service.domain.delivery import Audience, IdempotencyKey, Notice, Rendered
from service.ports import Surroundings
from tests.builders import NOON, a_person

KEY = IdempotencyKey("mara.morning.2026-05-12.inbox.3f2a")


class _Nobody:
    def read(self, raws: Iterable[Any], own: frozenset[str]) -> Iterator[Any]:
        return iter(())


def surroundings(folder: Path, **fields: Any) -> Surroundings:
    defaults = {
        "person": a_person(),
        "account": "inbox",
        "folder": folder,
        "read_mail": _Nobody(),
        "read_calendar": _Nobody(),
        "clock": lambda: NOON,
    }
    return Surroundings(**defaults | fields)


def a_notice(**fields: Any) -> Notice:
    defaults = {
        "audience": Audience.PERSON,
        "subject": "Tue 12 May · 3 need you · 4 meetings",
        "text": "Three things need you.\n.A line that begins with a dot\nFrom here on: Grüße.",
        "short": "3 need you\nDana asks for the term sheet by Friday",
        "html": "<!doctype html><html lang=en><body><h1>Tuesday</h1><p>Grüße</p></body></html>",
    }
    return Notice(**defaults | fields)


def an_mp3(size: int = 2000) -> Rendered:
    return Rendered("audio", "2026-05-12 morning.mp3", "audio/mpeg", b"ID3" + b"\0" * size)
