"""Reading a table's rows with their line numbers, whatever its encoding and delimiter; a broken row costs no other."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from service.errors import Unavailable
from service.integrations.files.text import encoding_of

LONGEST_ROW = 300
"""Lines: a row that has more is a quote that was never closed."""
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Row:
    line: int  # where it begins, the first line of the file being 1
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    line: int
    what: str


class Table:
    """A file that may be read several times, never held whole."""

    def __init__(self, path: Path, *, delimiter: str = "", encoding: str = "") -> None:
        self.path = path
        self._encoding = encoding or _encoding(path)
        with self._open() as file:
            sample = file.read(100_000)
        self._delimiter = delimiter or _delimiter(sample)

    def _open(self) -> TextIO:
        try:
            return self.path.open(encoding=self._encoding, errors="replace", newline="")
        except LookupError as error:
            raise Unavailable(
                f"{self.path}: there is no encoding {self._encoding!r}: correct `encoding`, or leave it out"
            ) from error

    def rows(self) -> Iterator[Row | Broken]:
        """All rows that are not empty, the head first."""
        csv.field_size_limit(max(csv.field_size_limit(), 2_000_000))
        with self._open() as file:
            lines = _Lines(file)
            reader = csv.reader(lines, delimiter=self._delimiter)
            while True:
                lines.row_begins()
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield Broken(lines.first, f"is no row of a table ({error})")
                    reader = csv.reader(lines, delimiter=self._delimiter)
                    continue
                if lines.overran:
                    yield Broken(lines.first, "has a quote that is never closed")
                    lines.put_back()
                    reader = csv.reader(lines, delimiter=self._delimiter)
                elif any(cell.strip() for cell in cells):
                    yield Row(lines.first, tuple(cell.strip().replace("\0", "") for cell in cells))


class _Lines:
    """The file's lines, of which those of the present row can be put back. A row that goes on too long is ended."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self.first = 1
        self.overran = False

    def row_begins(self) -> None:
        self.first += len(self._row)
        self._row = []
        self.overran = False

    def put_back(self) -> None:
        """All lines of the present row but its first."""
        self._again.extendleft(reversed(self._row[1:]))
        del self._row[1:]

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._row) >= LONGEST_ROW:
            self.overran = True
            raise StopIteration
        line = self._again.popleft() if self._again else self._file.readline(1_000_000)
        if not line:
            self.overran = len(self._row) > 1  # the file ends within quotes
            raise StopIteration
        self._row.append(line)
        return line


def _encoding(path: Path) -> str:
    """UTF-8 where all of it is, else what its first bytes show, else Windows-1252."""
    with path.open("rb") as file:
        name, skip = encoding_of(file.read(4000))
        if name:
            return "utf-8-sig" if name == "utf-8" else name.removesuffix("-le").removesuffix("-be") if skip else name
    try:
        with path.open(encoding="utf-8", newline="") as text:
            while text.read(1_000_000):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _delimiter(sample: str) -> str:
    """The one that cuts the first lines into the most columns of the same number."""
    lines = sample.splitlines()[:50]
    best, score = ",", (0, 0.0)
    for delimiter in _DELIMITERS:
        widths = [len(cells) for cells in islice(csv.reader(lines, delimiter=delimiter), 30) if cells]
        if not widths or widths[0] < 2:
            continue
        same = sum(width == widths[0] for width in widths) / len(widths)
        if (round(same), widths[0] * same) > score:
            best, score = delimiter, (round(same), widths[0] * same)
    return best
