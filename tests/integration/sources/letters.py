"""Messages for tests, invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

START = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


def a_letter(number: int, body: str = "", *, extra: str = "") -> bytes:
    at = START + timedelta(minutes=number)
    return (
        f"From: Dana Whitfield <dana@atlas.example>\r\nTo: mara@keller.example\r\nSubject: Term sheet {number}\r\n"
        f"Date: {format_datetime(at)}\r\nMessage-ID: <m{number}@atlas.example>\r\n{extra}\r\n"
        f"{body or f'Could you look at draft {number}?'}\r\n"
    ).encode()
