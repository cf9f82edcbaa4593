"""What `reveille init` was told, and what it can find out by itself."""

from __future__ import annotations

import getpass
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

MAIL_PLACES = ("Maildir", "Mail", ".maildir", ".mail", "mail", ".local/share/mail")
PROFILES = (".thunderbird/*/ImapMail/*", ".thunderbird/*/Mail/*", "Library/Thunderbird/Profiles/*/ImapMail/*")


_TELLING = {
    "contacts": re.compile(r"e-?mail.*phone|phone.*e-?mail|first ?name|last ?name|birthday|last contact"),
    "deals": re.compile(r"\bstage\b|\bamount\b|close date|\bdeal|opportunity|pipeline"),
    "tasks": re.compile(r"\bdue\b|assignee|completed|\btask\b|\bto-?do"),
}
_TELLS = 4  # columns: what a header of one kind alone counts for


@dataclass(slots=True)
class Table:
    """A CSV file: what its rows are, and its headers by our field names."""

    path: Path
    holds: str  # contacts, deals or tasks
    columns: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Smtp:
    host: str
    port: int | None = None
    user: str = ""
    password_env: str = "SMTP_PASSWORD"  # noqa: S105  # the name of a variable


@dataclass(slots=True)
class Answers:
    name: str
    emails: list[str]
    timezone: str
    mail: list[tuple[str, Path]] = field(default_factory=list)  # kind and place
    calendars: list[str] = field(default_factory=list)  # a path or a URL
    slack_exports: list[Path] = field(default_factory=list)
    notes: list[Path] = field(default_factory=list)
    vcards: list[Path] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    smtp: Smtp | None = None
    folder: Path | None = None
    morning: str = "07:00"
    guessed_email: bool = False


def usual_name() -> str:
    """The full name the system holds of its user, else the user's name."""
    user = _user()
    with suppress(ImportError, KeyError, OSError):
        import pwd

        full = pwd.getpwnam(user).pw_gecos.partition(",")[0].strip()
        if full and full != "root":
            return full
    return user


def usual_email() -> str:
    """A shape to be replaced: the user at this machine."""
    user, host = (re.sub(r"[^a-z0-9.-]", "", part.lower()).strip(".-") for part in (_user(), socket.gethostname()))
    return f"{user or 'me'}@{host or 'localhost'}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "me"


def usual_mail(home: Path) -> list[tuple[str, Path]]:
    """The first usual place that holds mail."""
    for place in (*(home / name for name in MAIL_PLACES), *_profiles(home)):
        kind = mail_kind(place)
        if kind:
            return [(kind, place)]
    return []


def _profiles(home: Path) -> Iterator[Path]:
    for pattern in PROFILES:
        with suppress(OSError):
            yield from sorted(home.glob(pattern))


def mail_kind(place: Path) -> str:
    """maildir, mbox or eml by what lies there; "" where nothing looks like mail."""
    try:
        if place.is_file():
            return "mbox" if _is_mbox(place) else ""
        inside = list(islice(place.iterdir(), 2000)) if place.is_dir() else []
        if any((folder / "cur").is_dir() for folder in (place, *inside)):
            return "maildir"
        if any(file.suffix.lower() == ".eml" for file in inside):
            return "eml"
        return "mbox" if any(file.is_file() and _is_mbox(file) for file in inside[:200]) else ""
    except OSError:
        return ""


def _is_mbox(file: Path) -> bool:
    with file.open("rb") as lines:
        return lines.read(5) == b"From "


def looks_private(url: str) -> bool:
    """Whether an address is itself a key to what it names: then it has no place in a config file."""
    return bool(re.search(r"private|secret|token|[?&]|[A-Za-z0-9_-]{20,}|//[^/]*@", url.partition("://")[2] and url))


def table(path: Path, holds: str = "") -> Table:
    """Reads the header line. `holds` is guessed from it where it is not given."""
    headers = _headers(path)
    return Table(path, holds, _columns(path, holds, headers)) if holds else _likeliest(path, headers)


def _likeliest(path: Path, headers: list[str]) -> Table:
    """What most of the headers, and those that only one kind of table has, speak for."""
    words = " ".join(headers).lower().replace("_", " ")
    tables = {kind: Table(path, kind, _columns(path, kind, headers)) for kind in _TELLING}
    return max(tables.values(), key=lambda t: len(t.columns) + _TELLS * bool(_TELLING[t.holds].search(words)))


def _headers(path: Path) -> list[str]:
    import csv

    with path.open("rb") as file:
        line = file.read(16_384).decode("utf-8-sig", "replace")
    first = next((text for text in line.splitlines() if text.strip()), "")
    delimiter = max(",;\t|", key=first.count)
    try:
        return [header.strip() for header in next(csv.reader([first], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _columns(path: Path, holds: str, headers: list[str]) -> dict[str, list[str]]:
    """The same guess that the source makes by itself, written out so that it can be corrected."""
    from service.integrations.csv_table.columns import find_columns

    found = find_columns(holds, headers, {}, str(path))
    return {name: [headers[i] for i in places] for name, places in found.items() if places}
