"""A table as a source: a row is an item, its ref the row's id, its stamp the digest of what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from service.domain.sync import Change, Delete, Page, Problem, Upsert
from service.errors import ExternalError, Rejected
from service.integrations.csv_table.columns import Where, find_columns
from service.integrations.csv_table.records import Cells, Reading, identify, to_record
from service.integrations.csv_table.rows import Broken, Row, Table
from service.integrations.csv_table.values import Dates, Order, order_of
from service.integrations.files.contents import MEGABYTE, too_large
from service.integrations.files.pages import paged
from service.integrations.files.place import need_file, sound, translate, unsound, uri
from service.integrations.files.progress import Progress
from service.integrations.files.settings import digest
from service.ports import Check, Surroundings

if TYPE_CHECKING:
    from service.integrations.csv_table import Settings

LARGEST = 500 * MEGABYTE
_DATED = ("due", "closes", "follow_up", "last_contact", "updated", "done")
_NEEDED = {"contacts": ("name", "email"), "deals": ("name", "company"), "tasks": ("title",)}


class CsvTable:
    def __init__(self, settings: Settings, at: Surroundings) -> None:
        self._settings = settings
        self._at = at
        self._path = settings.place(at)
        self._fingerprint = settings.fingerprint(str(self._path), at.person.timezone)

    def pages(self, cursor: str | None, held: Mapping[str, str]) -> Iterator[Page]:
        progress = Progress(cursor, self._fingerprint)
        return paged(self._changes(held, progress), progress)

    def check(self) -> Check:
        try:
            need_file(self._path, "a table")
            table, headers, where = self._open()
        except ExternalError as error:
            return unsound(error)
        read = ", ".join(f"{field} from {' + '.join(headers[at] for at in where[field])!r}" for field in where)
        return sound(f"{table.path}: {read}")

    def _open(self) -> tuple[Table, tuple[str, ...], Where]:
        """Raises Unavailable, AccessLost, or Rejected where the columns needed are not there."""
        try:
            table = Table(self._path, delimiter=self._settings.delimiter, encoding=self._settings.encoding)
            head = next(table.rows(), None)
        except OSError as error:
            raise translate(error, self._path) from error
        if not isinstance(head, Row):
            raise Rejected(f"{self._path} has no header line: export it again with headers")
        kind = self._settings.as_
        where = find_columns(kind, head.cells, self._settings.columns, str(self._path))
        if not any(field in where for field in _NEEDED[kind]):
            there = ", ".join(repr(header) for header in head.cells if header)
            needed = " or ".join(_NEEDED[kind])
            raise Rejected(
                f"{self._path} has no column that looks like a {needed}: name it in `columns`; its columns are {there}"
            )
        return table, head.cells, where

    def _changes(self, held: Mapping[str, str], progress: Progress) -> Iterator[Change | Problem]:
        need_file(self._path, "a table")
        file = _file_stamp(self._path)
        if progress.table.get("file") == file:
            for ref in progress.refs_aside():
                yield from progress.still(ref)
            return
        if int(file.partition(".")[0]) > LARGEST:
            yield Problem(str(self._path), too_large(int(file.partition(".")[0]), LARGEST))
            return
        for ref in progress.refs_aside():
            progress.forget(ref)
        table, headers, where = self._open()
        seen: set[str] = set()
        try:
            yield from self._rows(table, len(headers), where, held, seen, progress)
        except OSError as error:
            raise translate(error, self._path) from error
        yield from (Delete(ref) for ref in held if ref not in seen)
        progress.table = {"file": file}

    def _rows(
        self, table: Table, width: int, where: Where, held: Mapping[str, str], seen: set[str], progress: Progress
    ) -> Iterator[Change | Problem]:
        reading, doubt = self._reading(table, where)
        if doubt:
            yield _problem(progress, self._path.name, doubt)
        for row in _body(table):
            place = f"{self._path.name}, line {row.line}"
            if isinstance(row, Broken):
                yield _problem(progress, place, row.what)
                continue
            if any(row.cells[width:]):
                yield _problem(
                    progress, place, f"has {len(row.cells)} cells where the head has {width}: a delimiter is not quoted"
                )
                continue
            cells = Cells(reading, row.cells)
            record = to_record(cells)
            if record is None:
                yield _problem(progress, place, f"names no {' or '.join(_NEEDED[reading.kind])}")
                continue
            if cells.faults:
                yield _problem(progress, place, "; ".join(cells.faults))
            ref = _unique(identify(cells), seen)
            stamp = digest(self._fingerprint, reading.dates.order, *row.cells)[:20]
            if held.get(ref) != stamp:
                yield Upsert(replace(record, id=f"{self._at.account}:{ref}"), ref, stamp)

    def _reading(self, table: Table, where: Where) -> tuple[Reading, str]:
        """How the file writes dates is seen from all of them, before any is read."""
        columns = {at for field in _DATED for at in where.get(field, ())}
        cells = (row.cells[at] for row in _body(table) if isinstance(row, Row) for at in columns if at < len(row.cells))
        order = order_of(cells)
        usual: Order = "mdy" if self._at.person.timezone in _MONTH_FIRST_ZONES else "dmy"
        doubt = ""
        if order == "open" and not self._settings.date_format:
            way = "day/month" if usual == "dmy" else "month/day"
            doubt = f"has dates that could be read two ways; they are read as {way}. Set `date_format` (%d/%m/%Y or %m/%d/%Y)"
        dates = Dates(self._at.person.zone, order if order in {"dmy", "mdy"} else usual, self._settings.date_format)
        settings = self._settings
        return (
            Reading(settings.as_, self._at.account, where, dates, settings.done_when, settings.open_when, uri(self._path)),
            doubt,
        )


_MONTH_FIRST_ZONES = frozenset(
    f"America/{city}" for city in ("New_York", "Chicago", "Denver", "Los_Angeles", "Phoenix", "Anchorage", "Detroit", "Boise")
) | {"Pacific/Honolulu", "US/Eastern", "US/Central", "US/Mountain", "US/Pacific", "Asia/Manila"}


def _body(table: Table) -> Iterator[Row | Broken]:
    rows = table.rows()
    next(rows, None)
    return rows


def _problem(progress: Progress, where: str, what: str) -> Problem:
    """Kept with the cursor, so that coverage still names it when the file has not changed."""
    progress.set_aside(where, "", what)
    return Problem(where, what)


def _unique(ref: str, seen: set[str]) -> str:
    """Two rows of one id both count."""
    number, free = 1, ref
    while free in seen:
        number += 1
        free = f"{ref}#{number}"
    seen.add(free)
    return free


def _file_stamp(path: Path) -> str:
    try:
        status = path.stat()
    except OSError as error:
        raise translate(error, path) from error
    return f"{status.st_size}.{status.st_mtime_ns}"
