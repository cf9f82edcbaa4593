from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from service.domain.delivery import Audience, IdempotencyKey, Notice, Receipt
from service.integrations import mime
from service.integrations.folder import Settings
from service.integrations.folder.files import make_folder, sorted_errors, write
from service.ports import Check, Surroundings

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SUFFIXES = {"html": ".html", "text": ".txt", "speech": ".speech.txt", "json": ".json", "audio": ".mp3"}


class Folder:
    """`PATH/2026-05-12/morning-1f3a….html` and its likes. Names come from the key, so that a second attempt writes the same
    files; the message (.eml) is written last, and stands for the whole.
    """

    interrupts = False
    repeatable = True

    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._settings, self._at = settings, at

    @property
    def audience(self) -> Audience:
        return Audience.PERSON if self._settings.shows == "all" else Audience.OTHERS

    @property
    def _path(self) -> Path:
        try:
            return self._at.folder / self._settings.path.expanduser()
        except RuntimeError:  # a home folder that nobody has
            return self._at.folder / self._settings.path

    def send(self, notice: Notice, key: IdempotencyKey) -> Receipt:
        with sorted_errors(self._path):
            folder = make_folder(self._path, self._date(notice, key))
            stem = f"{_stem(notice)}-{_digest(key)}"
            for suffix, data in self._files(notice, key):
                write(folder, stem + suffix, data)
        return Receipt(str(folder / f"{stem}.eml"))

    def arrived(self, key: IdempotencyKey) -> bool | None:
        try:
            return self._held(key) is not None
        except OSError:
            return None

    def check(self) -> Check:
        path = self._path
        try:
            nearest = next(p for p in (path, *path.parents) if p.exists())
        except (OSError, StopIteration):
            return Check(ok=False, says=f"{path} can't be reached", fix="Check the path and its rights")
        if not nearest.is_dir():
            return Check(ok=False, says=f"{nearest} is no folder", fix=f"Name another path in channels.{self._at.account}.path")
        if not os.access(nearest, os.W_OK | os.X_OK):
            return Check(ok=False, says=f"{nearest} can't be written to", fix="Give yourself the right to write there")
        return Check(ok=True, says=f"writes to {path}" + ("" if nearest == path else " (it will be made)"))

    def _files(self, notice: Notice, key: IdempotencyKey) -> Iterator[tuple[str, bytes]]:
        files = {_SUFFIXES[f.role]: f.data for f in notice.files if f.role in _SUFFIXES}
        if notice.html:
            files.setdefault(".html", notice.html.encode("utf-8", "replace"))
        files.setdefault(".txt", notice.text.encode("utf-8", "replace"))
        yield from files.items()
        own = self._at.person.emails[0] if self._at.person.emails else "reveille@localhost"
        yield ".eml", mime.compose(notice, key, sender="reveille@localhost", to=[own], at=self._at.clock())

    def _date(self, notice: Notice, key: IdempotencyKey) -> str:
        """The day the files name; else that of an earlier attempt, else today's in the person's zone."""
        for file in notice.files:
            if found := _DATE.search(file.name):
                return found[0]
        held = self._held(key)
        return held.parent.name if held else f"{self._at.clock().astimezone(self._at.person.zone):%Y-%m-%d}"

    def _held(self, key: IdempotencyKey) -> Path | None:
        return next(self._path.glob(f"[0-9]*/*-{_digest(key)}.eml"), None)


def _stem(notice: Notice) -> str:
    """What the notice's files are called, without their date: "morning". Nothing of the subject is in it."""
    names = [Path(file.name.replace("\\", "/")).name.partition(".")[0] for file in notice.files]
    clean = re.sub(r"[^a-z0-9]+", "-", _DATE.sub("", names[0]).lower()).strip("-")[:40].strip("-") if names else ""
    return clean or "notice"


def _digest(key: IdempotencyKey) -> str:
    return hashlib.sha256(key.value.encode("utf-8", "replace")).hexdigest()[:16]
