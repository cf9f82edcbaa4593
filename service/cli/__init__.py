"""The commands a person types. Heavy imports live inside the commands, so that `--help` answers at once."""

from __future__ import annotations

import typer

from service.cli.edge import guarded
from service.cli.init import init
from service.cli.schema import schema

app = typer.Typer(
    name="reveille",
    help="Gets you ready before you ask: reads your mail, calendar, CRM and Slack, and says what matters, on time.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(init)
app.command()(schema)


def main() -> None:
    guarded(app)
