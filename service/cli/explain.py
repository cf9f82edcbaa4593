"""`reveille explain`: what Reveille sees in a message."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from service.domain.items import Message
    from service.domain.raw import RawMessage


class Unreadable(Exception):
    """Why a file could not be read as a message, in words."""


def explain(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE.eml…", help="Messages as files; - reads paths from standard input, one a line.", show_default=False
        ),
    ],
    json_: Annotated[bool, typer.Option("--json", help="One JSON line a file.")] = False,
    me: Annotated[
        str,
        typer.Option(
            metavar="EMAIL", help="Who reads them; else the person of reveille.yaml, else whom each message is sent to."
        ),
    ] = "",
) -> None:
    """Show what Reveille sees in a message: its text, what it asks and promises, how much it matters and why.

    A file that can't be read is reported and the rest still come; the exit code is 1 then.
    """
    from service.cli.audience import Reader
    from service.cli.explained import json_line, readable

    reader = Reader.find(me)
    failed = 0
    for path in _paths(files):
        try:
            raw = _raw(path)
            message = _message(raw, reader.own)
            verdict = reader.judge(message, raw)
            line = json_line(path, message, verdict) if json_ else readable(path, message, verdict)
        except Unreadable as error:
            failed += 1
            line = json_line(path, error=str(error)) if json_ else f"{path}: {error}\n"
        except Exception as error:  # one hostile message must not end a run over thousands
            failed += 1
            why = f"could not be judged ({type(error).__name__})"
            line = json_line(path, error=why) if json_ else f"{path}: {why}\n"
        typer.echo(line.encode("utf-8", "replace"), nl=json_)
        sys.stdout.flush()
    if failed:
        typer.echo(f"reveille: {failed} {'file' if failed == 1 else 'files'} could not be read", err=True)
        raise typer.Exit(1)


def _paths(files: Iterable[str]) -> Iterator[str]:
    for name in files:
        if name == "-":
            yield from (line for line in (raw.rstrip("\r\n") for raw in sys.stdin) if line)
        else:
            yield name


def _raw(name: str) -> RawMessage:
    from service.domain.raw import RawMessage
    from service.mail.limits import MESSAGE_BYTES

    path = Path(name)
    try:
        with path.open("rb") as file:
            data = file.read(MESSAGE_BYTES + 1)
        stored_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError) as error:  # ValueError: a path with a null character, a time beyond the calendar
        raise Unreadable(f"cannot read it: {getattr(error, 'strerror', None) or error}") from error
    if not data.strip():
        raise Unreadable("it is empty")
    return RawMessage(data, account="file", ref=name, stored_at=stored_at)


def _message(raw: RawMessage, own: frozenset[str]) -> Message:
    from service.mail import read_message

    message = read_message(raw, own)
    if message.problems and message.problems[0].startswith("could not be read"):
        raise Unreadable(message.problems[0])
    return message
