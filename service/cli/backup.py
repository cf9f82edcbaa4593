"""`reveille backup`: everything into one file, while the service runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli import keeping

if TYPE_CHECKING:
    from service.settings.server import Server
    from service.store.backup import Manifest


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, or to check.", dir_okay=False)],
    verify: Annotated[bool, typer.Option("--verify", help="Check this backup from end to end; write nothing.")] = False,
) -> None:
    """Write everything into one file: the database, the rendered files, the instance's secret. The service may run meanwhile.

    What is encrypted stays encrypted: keep the key elsewhere. A backup of the same name is replaced once the new one is whole.
    """
    server = keeping.settings()
    made = _verified(server, file) if verify else _made(server, file)
    print(
        f"{file}: {made.rows:,} rows of {len(made.tables)} tables, {made.artefacts.count:,} files"
        f" ({keeping.sized(made.artefacts.size)}), as of {made.made_at:%Y-%m-%d %H:%M:%S} UTC, schema {made.schema}."
    )
    if made.missing:
        print(f"{len(made.missing)} rendered files had aged out or were missing: {', '.join(made.missing[:3])} …")
    if made.encrypted:
        print("It is encrypted and the key is not in it: without the key nothing in it can be read.")
    else:
        print("It is not encrypted: whoever can read it can read everything.")
    if verify:
        print("It is whole: every row and file is as it was written.")


def _made(server: Server, file: Path) -> Manifest:
    from service.store import EVERYBODY, acting_as
    from service.store.backup import Keeper
    from service.store.instance import shared_secret, shared_time

    with keeping.opened(server) as store:
        with acting_as(EVERYBODY):
            secret = shared_secret(store.database, store.codec, server.data / "secret")
        keeper = Keeper(store.database, store.codec, store.artefacts, secret)
        return keeper.backup(file, shared_time(store.database)())


def _verified(server: Server, file: Path) -> Manifest:
    from service.store.restore import verify

    return verify(file, keeping.codec_of(server) if server.key else None)
