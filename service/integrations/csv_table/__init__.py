"""Contacts, deals or tasks from a table, as every CRM and task list exports them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from service.integrations.files.settings import FileSettings

if TYPE_CHECKING:
    from service.integrations.csv_table.source import CsvTable
    from service.ports import Surroundings

Header = str | tuple[str, ...]
"""A column's header; several are joined with a blank ("First name", "Last name")."""


class Settings(FileSettings):
    """`columns` maps our fields to the file's headers; what it leaves out is guessed from usual headers, "" switches a
    guess off. `done_when` lists the values that mean done (of tasks) or closed (of deals); with `open_when` everything
    else does. `date_format` is as `strptime` has it, for dates that could be read two ways.
    """

    kind: Literal["csv"]
    as_: Literal["contacts", "deals", "tasks"] = Field(alias="as", description="What each row is", examples=["deals"])
    columns: dict[str, Header] = Field(
        default_factory=dict, description="Our fields and the file's headers", examples=[{"name": "Deal Name", "stage": "Stage"}]
    )
    date_format: str = Field("", description="How its dates are written, as strptime has it", examples=["%d/%m/%Y"])
    done_when: tuple[str, ...] = Field((), description="Values that mean done or closed", examples=[["Won", "Lost"]])
    open_when: tuple[str, ...] = Field((), description="Values that mean open; all others are then done", examples=[["To do"]])
    delimiter: str = Field("", max_length=1, description="Between cells; found out where it is left out", examples=[";"])
    encoding: str = Field("", description="Of the file; found out where it is left out", examples=["cp1252"])

    def default_name(self) -> str:
        return f"{self.as_} {self.path.stem}"

    def connect(self, at: Surroundings) -> CsvTable:
        from service.integrations.csv_table.source import CsvTable

        return CsvTable(self, at)
