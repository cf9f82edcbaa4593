"""`reveille explain`: what Reveille sees in a message."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from service.domain.items import Message
    from service.domain.raw import RawMessage
    from service.mail.anatomy import Anatomy

_AHEAD = 16
"""Files read ahead of the one that is shown: keeps the reading process busy and memory flat."""

Found = tuple[str, "RawMessage | None", "tuple[Message, Anatomy] | None", str]
"""A path, its bytes and what was read of them, or why there is nothing."""


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
    for path, raw, read, error in _messages(_paths(files), reader.own):
        if raw is None or read is None:
            failed += 1
            line = json_line(path, error=error) if json_ else f"{path}: {error}\n"
        else:
            message, anatomy = read
            verdict = reader.judge(message, raw)
            line = json_line(path, message, verdict, anatomy) if json_ else readable(path, message, verdict, anatomy)
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


def _messages(paths: Iterable[str], own: frozenset[str]) -> Iterator[Found]:
    """In the order of `paths`. Messages are read in a process of their own, which one of them may bring down."""
    from service.isolation import Failure, Isolated
    from service.mail.anatomy import read_closely
    from service.mail.reader import MEMORY_LIMIT, TIME_LIMIT

    given: deque[tuple[str, RawMessage | None, str]] = deque()

    def raws() -> Iterator[RawMessage]:
        for path in paths:
            raw, error = _raw(path)
            given.append((path, raw, error))
            if raw is not None:
                yield raw

    with Isolated(time_limit=TIME_LIMIT, memory_limit=MEMORY_LIMIT) as isolated:
        for answer in isolated.map(partial(read_closely, own=own), raws(), _AHEAD):
            yield from _failed(given)
            path, raw, _ = given.popleft()
            if isinstance(answer, Failure):
                yield path, None, None, answer.what
            elif answer[0].problems and answer[0].problems[0].startswith("could not be read"):
                yield path, None, None, answer[0].problems[0]
            else:
                yield path, raw, answer, ""
        yield from _failed(given)


def _failed(given: deque[tuple[str, RawMessage | None, str]]) -> Iterator[Found]:
    """The files at the head of the queue that could not even be opened."""
    while given and given[0][1] is None:
        path, _, error = given.popleft()
        yield path, None, None, error


def _raw(name: str) -> tuple[RawMessage | None, str]:
    from service.domain.raw import RawMessage
    from service.mail.limits import MESSAGE_BYTES

    path = Path(name)
    try:
        with path.open("rb") as file:
            data = file.read(MESSAGE_BYTES + 1)
        stored_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError) as error:  # ValueError: a path with a null character, a time beyond the calendar
        return None, f"cannot read it: {getattr(error, 'strerror', None) or error}"
    if not data.strip():
        return None, "it is empty"
    return RawMessage(data, account="file", ref=name, stored_at=stored_at), ""
