"""The commands a person types. Heavy imports live inside the commands, so that `--help` answers at once."""

from __future__ import annotations

import typer

from service.cli.edge import guarded
from service.cli.explain import explain

app = typer.Typer(
    name="reveille",
    help="Gets you ready before you ask: reads your mail, calendar, CRM and Slack, and says what matters, on time.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def commands() -> None:  # so that a command is named even where there is only one
    pass


app.command()(explain)


def main() -> None:
    guarded(app)
