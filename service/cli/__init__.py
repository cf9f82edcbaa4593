"""The commands a person types. Heavy imports live inside the commands, so that `--help` answers at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from service import __version__
from service.cli.actions import actions, undo
from service.cli.backup import backup
from service.cli.brief import brief
from service.cli.connect import connect, connections, disconnect
from service.cli.doctor import doctor
from service.cli.edge import guarded
from service.cli.erase import erase
from service.cli.events import events
from service.cli.explain import explain
from service.cli.export import export
from service.cli.init import init
from service.cli.keys import keys
from service.cli.people import people
from service.cli.proposals import approve, proposals, propose, reject
from service.cli.restore import restore
from service.cli.rules import rules
from service.cli.run import run
from service.cli.scaled import clock, listen, migrate, retry, worker
from service.cli.schema import schema
from service.cli.status import status

app = typer.Typer(
    name="reveille",
    help="Gets you ready before you ask: reads your mail, calendar, CRM and Slack, and says what matters, on time.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"reveille {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    config: Annotated[
        Path | None, typer.Option("--config", help="The config file. Default: REVEILLE_CONFIG, else ./reveille.yaml.")
    ] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    del version
    if config is not None:
        os.environ["REVEILLE_CONFIG"] = str(config)  # what every command looks at, and what its children inherit


app.command()(actions)
app.command()(approve)
app.command()(backup)
app.command()(brief)
app.command()(clock)
app.command()(connect)
app.command()(connections)
app.command()(disconnect)
app.command()(doctor)
app.command()(erase)
app.command()(events)
app.command()(explain)
app.command()(export)
app.command()(init)
app.command()(migrate)
app.command()(proposals)
app.command()(propose)
app.command()(reject)
app.command()(restore)
app.command()(retry)
app.command()(run)
app.command()(schema)
app.command()(status)
app.command()(undo)
app.command()(worker)
app.command()(listen)
app.add_typer(keys, name="keys")
app.add_typer(people, name="people")
app.add_typer(rules, name="rules")


def main() -> None:
    guarded(lambda: app(prog_name="reveille"))
