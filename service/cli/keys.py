"""`reveille keys`: what the store is encrypted with."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.edge import failed

keys = typer.Typer(
    help="What the store is encrypted with: a new key, and the change from an old one to it.", no_args_is_help=True
)


@keys.command()
def new(
    ring: Annotated[
        str,
        typer.Option(help="Put it into the operating system's keyring as SERVICE/NAME, for REVEILLE_KEY_RING.", metavar="ENTRY"),
    ] = "",
) -> None:
    """Print a new key, for REVEILLE_KEY or as the first line of REVEILLE_KEY_FILE. Keep it where the backups are not."""
    from cryptography.fernet import Fernet

    from service.settings.key import Unfit, into_ring

    made = Fernet.generate_key().decode()
    if not ring:
        print(made)
        return
    if not all(ring.partition("/")):
        failed(f"{ring} names no entry: write SERVICE/NAME, as in reveille/store.")
    try:
        into_ring(ring, made)
    except Unfit as unfit:
        failed(f"{unfit.problem}. {unfit.fix}.")
    print(f"A new key is in the keyring as {ring}: set REVEILLE_KEY_RING={ring}, or key_ring in server.yaml.")


@keys.command()
def rotate() -> None:
    """Seal everything anew under the newest key, while the service runs. Put the new key first, restart every process, then run this."""
    from collections import Counter

    from service.bootstrap import open_server_store
    from service.cli.keeping import settings
    from service.store import EVERYBODY, acting_as
    from service.store.rekey import rekey

    server = settings()
    store = open_server_store(server)
    try:
        if not store.codec.encrypts:
            failed("Nothing is encrypted here: set REVEILLE_KEY or REVEILLE_KEY_FILE first.")
        counts: Counter[str] = Counter()
        with acting_as(EVERYBODY):
            for table, count in rekey(store.database, store.codec):
                counts[table] += count
    finally:
        store.close()
    for table, count in counts.items():
        print(f"{table}: {count:,} sealed anew")
    print(
        "Keys between the first and the last line may go once files made under them have aged out (`keep.artefacts`);"
        " the last one hashes the index of search terms and stays."
    )
