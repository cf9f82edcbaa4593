"""Answers as a commented reveille.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from service.cli.answers import Answers, Smtp, Table, looks_private

CALENDAR_VARIABLE = "CALENDAR_URL"
_PLAIN = re.compile(r"(?:[A-Za-z]|~/)[A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./@+-]+)*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

HEAD = """\
# Whose day it is, what is read, where it goes and when. `reveille doctor` checks it; docs/config.md explains every key.
# For completion in your editor, run `reveille schema --output reveille.schema.json` and make this the first line:
#   yaml-language-server: $schema=reveille.schema.json
"""
SOURCES = "\n# What is read. Paths are relative to this file. Nothing is ever changed there.\n"
NO_SOURCES = """\
#  - {kind: maildir, path: ~/Maildir}          # or mbox, or eml: a folder of messages
#  - {kind: ics, path: calendar.ics}           # or url: https://…
#  - {kind: slack_export, path: slack-export}  # unpacked
#  - {kind: notes, path: ~/Notes}
#  - {kind: vcard, path: contacts.vcf}
#  - {kind: csv, path: deals.csv, as: deals}   # or contacts, tasks
"""
CHANNELS = "\n# Where briefings go.\n"
REST = """\

# More that can be set (the values are examples):
#pause: [{from: 2026-12-24, until: 2027-01-03, except: [urgent]}]
#quiet: {from: "21:00", until: "06:30", except: [urgent]}
#budget: {pushes_per_day: 8}
#keep: {bodies: 180d, artefacts: 30d, ledger: 400d}
#rules:
#  - {name: board first, when: {from: "*@board.example"}, then: {priority: urgent}}
#  - {name: payslips stay private, when: {subject: "*payslip*"}, then: {private: true}}
"""


def config_text(answers: Answers, folder: Path) -> str:
    """`folder` is where the file will lie: paths below it are written relative to it."""
    return "".join(_parts(answers, folder.absolute()))


def _parts(answers: Answers, folder: Path) -> Iterator[str]:
    yield HEAD
    yield "\nme:\n"
    yield f"  name: {scalar(answers.name)}\n"
    hint = "  # change this: mail from these addresses counts as yours" if answers.guessed_email else ""
    yield f"  emails: [{', '.join(map(scalar, answers.emails))}]{hint}\n"
    yield f"  timezone: {scalar(answers.timezone)}\n"
    yield "  #role: Managing partner; decides on investments\n"
    yield "  #priorities: [close the Atlas round, hire a head of sales]\n"
    yield "  #holidays: CH-ZH  # whose holidays `weekdays` leaves out\n"
    yield SOURCES
    sources = list(_sources(answers, folder))
    yield "sources:\n" + "".join(f"  - {line}\n" for line in sources) if sources else f"sources:\n{NO_SOURCES}"
    yield CHANNELS
    channels = dict(_channels(answers, folder))
    yield "channels:\n" + "".join(f"  {name}: {line}\n" for name, line in channels.items()) if channels else _NO_CHANNELS
    yield "\n# When. Times are yours; `weekdays` leaves out your holidays once me.holidays is set.\ncadences:\n"
    yield from _cadences(answers, list(channels))
    yield REST


_NO_CHANNELS = """\
channels:
#  inbox: {kind: email, to: you@example.com, smtp: {host: smtp.example.com, user: you@example.com, password: {env: SMTP_PASSWORD}}}
#  files: {kind: folder, path: briefings}
#  phone: {kind: push, url: {env: PUSH_URL}, shows: no_private}
"""


def _sources(answers: Answers, folder: Path) -> Iterator[str]:
    for kind, place in answers.mail:
        yield f"{{kind: {kind}, path: {_path(place, folder)}}}"
    for calendar in answers.calendars:
        yield _calendar(calendar, folder)
    for kind, places in (("slack_export", answers.slack_exports), ("notes", answers.notes), ("vcard", answers.vcards)):
        yield from (f"{{kind: {kind}, path: {_path(place, folder)}}}" for place in places)
    for table in answers.tables:
        yield _table(table, folder)


def _calendar(place: str, folder: Path) -> str:
    if "://" not in place:
        return f"{{kind: ics, path: {_path(Path(place), folder)}}}"
    if looks_private(place):
        return (
            f"{{kind: ics, url: {{env: {CALENDAR_VARIABLE}}}}}  # the address is a key to the calendar: it stays out of this file"
        )
    return f"{{kind: ics, url: {scalar(place)}}}"


def _table(table: Table, folder: Path) -> str:
    start = f"{{kind: csv, path: {_path(table.path, folder)}, as: {table.holds}"
    if not table.columns:
        return start + "}"
    columns = (f"{name}: {_headers(headers)}" for name, headers in table.columns.items())
    return f"{start},\n     columns: {{{', '.join(columns)}}}}}"


def _headers(headers: Sequence[str]) -> str:
    return scalar(headers[0]) if len(headers) == 1 else f"[{', '.join(map(scalar, headers))}]"


def _channels(answers: Answers, folder: Path) -> Iterator[tuple[str, str]]:
    if answers.smtp:
        yield "inbox", f"{{kind: email, to: {scalar(answers.emails[0])}, smtp: {_smtp(answers.smtp)}}}"
    if answers.folder:
        yield "files", f"{{kind: folder, path: {_path(answers.folder, folder)}}}"


def _smtp(smtp: Smtp) -> str:
    port = f", port: {smtp.port}" if smtp.port else ""
    user = f", user: {scalar(smtp.user)}, password: {{env: {scalar(smtp.password_env)}}}" if smtp.user else ""
    return f"{{host: {scalar(smtp.host)}{port}{user}}}"


def _cadences(answers: Answers, channels: list[str]) -> Iterator[str]:
    to = f", to: [{', '.join(channels)}]" if channels else ""
    yield f'  morning:  {{at: "{answers.morning}", days: weekdays{to}, audio: true}}\n'
    yield f"  meetings: {{brief: 4h, push: 15m{to}}}\n"
    yield "  triage:   {every: 5m}\n"


def _path(path: Path, folder: Path) -> str:
    """Relative where it lies beside the file, from ~ where it lies at home."""
    path = path.expanduser().absolute()
    if path.is_relative_to(folder):
        return scalar(path.relative_to(folder).as_posix())
    home = Path.home()
    return scalar(f"~/{path.relative_to(home).as_posix()}") if path.is_relative_to(home) and path != home else scalar(str(path))


def scalar(text: str) -> str:
    """Text as YAML reads it back: plain where that is safe, else in double quotes (YAML 1.2, 7.3.1)."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return '"' + "".join(map(_escaped, text.encode("utf-8", "replace").decode())) + '"'


def _escaped(c: str) -> str:
    if c in '"\\':
        return "\\" + c
    return c if c.isprintable() else f"\\U{ord(c):08x}"
