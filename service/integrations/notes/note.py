"""A text file to a note: what it is called, when and with whom it was, and what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from service.domain.items import Note, Provenance
from service.integrations.notes.dates import date_in_name, moment
from service.integrations.notes.head import Head, split_head
from service.integrations.notes.markup import plain, title_of
from service.integrations.notes.transcript import Transcript, read_transcript
from service.ports import Surroundings

_NAME_DATE = re.compile(
    r"^[\[(]?\d{4}[-._]?\d{2}[-._]?\d{2}[\])]?(?:[T _-]?\d{2}[:h.-]?\d{2}(?!\d))?[\s_.,-]*|[\s_.,-]*\(?\d{4}-\d{2}-\d{2}\)?$"
)


@dataclass(frozen=True, slots=True)
class File:
    ref: str
    text: str
    changed_at: datetime
    url: str


def to_note(file: File, at: Surroundings) -> Note:
    """`at` of the note: its head's date, else one in its name or first lines' "Date:", else when the file was changed."""
    name = PurePosixPath(file.ref)
    head, body = split_head(file.text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").lstrip("\ufeff"))
    kind = name.suffix.lower()
    transcript = read_transcript(body, kind)
    text = transcript.text if transcript and transcript.timed else plain(body, kind)
    return Note(
        id=f"{at.account}:{file.ref}",
        account=at.account,
        title=_one_line(head.title or (title_of(body, kind) if not transcript else "") or _from_name(name.stem)),
        text=text,
        at=_when(head, name, file, at.person.zone),
        people=_people(head, transcript),
        transcript=transcript is not None,
        provenance=_provenance(head, transcript, at),
        url=file.url,
    )


def _when(head: Head, name: PurePosixPath, file: File, zone: ZoneInfo) -> datetime:
    return moment(head.date, zone) or date_in_name(str(name), zone) or file.changed_at


def _people(head: Head, transcript: Transcript | None) -> tuple[str, ...]:
    named = (*head.people, *(transcript.speakers if transcript else ()))
    return tuple({name.casefold(): name for name in reversed(named)}.values())[::-1]


def _provenance(head: Head, transcript: Transcript | None, at: Surroundings) -> Provenance:
    """A transcript holds what others said, a clipping what others wrote: only a note of the person's own is theirs."""
    if transcript or head.clipped:
        return Provenance.OUTSIDE
    mine = {at.person.name.casefold(), *at.person.emails}
    return Provenance.OUTSIDE if head.author and head.author.casefold() not in mine else Provenance.OWN


def _from_name(stem: str) -> str:
    words = _NAME_DATE.sub("", stem).replace("_", " ").strip(" -")
    if " " not in words:
        words = words.replace("-", " ")
    return words or stem


def _one_line(title: str) -> str:
    return " ".join(title.split())[:200]
