"""`reveille erase`: all that is held of a person taken away."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli import keeping
from service.cli.edge import failed

if TYPE_CHECKING:
    from service.store import Store


def erase(
    person: Annotated[str | None, typer.Argument(help="Whose; may be left out where there is only one.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    lift: Annotated[bool, typer.Option("--lift", help="Let a person who was erased begin anew.")] = False,
) -> None:
    """Take away everything that is held of a person, for good: items, config, ledger, briefings, in the database and in files.

    The service may run meanwhile: it writes nothing more for them. Killed halfway, run it again. Their sources and config file
    are not touched; earlier backups and exports still hold them.
    """
    server = keeping.settings()
    with keeping.opened(server) as store:
        erasures = store.erasures
        if lift:
            if person is None or not erasures.lift(person):
                failed(f"No erasure of {person or 'nobody'} has ended here: there is nothing to lift.")
            print(f"{person} may begin anew.")
            return
        whose = person if person is not None and erasures.began(person) else keeping.named(store, person)
        if not yes:
            _confirm(store, whose)
        counts = erasures.erase(whose, keeping.now)
    _say(whose, counts)


def _confirm(store: Store, person: str) -> None:
    from service.store.erasure import held_of

    for name, count in held_of(store.database, person).items():
        print(f"{count:>9,}  {name}")
    print(f"All of it is taken away for good. Type {person} to go on: ", end="", flush=True)
    if sys.stdin.readline().strip() != person:
        failed("Nothing was erased.")


def _say(person: str, counts: Mapping[str, int]) -> None:
    for name, count in counts.items():
        print(f"{count:>9,}  {name}")
    rows = sum(count for name, count in counts.items() if name != "files")
    print(f"Everything of {person} is erased: {rows:,} rows, {counts.get('files', 0):,} files.")
    print("Take their config file away: while it is there, the service goes on refusing to write for them, and says so.")
