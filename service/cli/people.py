"""`reveille people`: the config files of a server's people."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.edge import FAILED
from service.errors import Complaint, ConfigError

people = typer.Typer(
    help="The people of a server: one NAME.yaml each in the folder `people` of the server settings.", no_args_is_help=True
)


@people.command()
def apply(
    force: Annotated[bool, typer.Option("--force", help="Also bring back a text that was in force before.")] = False,
) -> None:
    """Check every file and activate what is new. Exit code 1 where one of them is not right."""
    from service.houses import open_houses
    from service.people_folder import PeopleFolder, Result
    from service.settings.server import load_server

    server = load_server()
    if server.people is None:
        missing = Complaint("server settings", None, "people", "no folder is named", "Set REVEILLE_PEOPLE to it")
        raise ConfigError(missing)
    with open_houses(server) as houses:
        taken = PeopleFolder(server.people, houses).apply(force=force)
    for one in taken:
        print(f"{one.file.name}: {one.result.value}" + (f"\n{one.error}" if one.error else ""))
    if any(one.result == Result.WRONG for one in taken):
        raise typer.Exit(FAILED)


@people.command("list")
def list_() -> None:
    """Everybody who has a config in force."""
    from service.houses import open_houses
    from service.settings.server import load_server

    with open_houses(load_server()) as houses:
        for person in houses.people():
            print(person)
