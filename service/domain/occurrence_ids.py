"""What an occurrence is called: by its key alone, so that whoever names the same slot names the same row."""

from __future__ import annotations

import hashlib
import re

_DAYS = (re.compile(r"(\d{4})-(\d\d)-(\d\d)"), re.compile(r"/(\d{4})(\d\d)(\d\d)(?:T\d{6}Z?)?$"))
"""Where a slot's name, or else the id of the meeting it belongs to, says a day."""


def occurrence_id(person: str, cadence: str, subject: str, slot: str) -> str:
    """The row's id is its slot's day and its key's digest: whoever names the same slot names the same row, and ids stand in order
    of time, so that a month of them can be let go of at once.
    """
    return dated_id(_day(slot, subject), person, cadence, subject, slot)


def dated_id(day: str, person: str, cadence: str, subject: str, slot: str) -> str:
    """The same where the slot's day (YYYYMMDD) is known."""
    return day + hashlib.sha256(f"{person}\0{cadence}\0{subject}\0{slot}".encode()).hexdigest()[:24]


def _day(slot: str, subject: str) -> str:
    for words, pattern in zip((slot, subject), _DAYS, strict=True):
        if found := pattern.search(words):
            year, month, day = found.groups()
            if "01" <= month <= "12" and "01" <= day <= "31":
                return year + month + day
    return "19700101"
