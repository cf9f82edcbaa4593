"""Rows of a status as a person reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.markup import escape
from rich.table import Table


def table(title: str, rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Table:
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, title_style="bold")
    for column in columns:
        made.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        made.add_row(*(escape(cell(row[c])) for c in columns))
    return made


def cell(value: Any) -> str:
    """Instants as a person says them; JSON keeps them whole."""
    if isinstance(value, str) and value.startswith("manual:"):
        return "by hand"
    if value is None:
        return ""
    try:
        return f"{datetime.fromisoformat(value):%a %d %b %H:%M}" if isinstance(value, str) and "T" in value else str(value)
    except ValueError:
        return str(value)
