"""`reveille restore`: a backup put back where nothing is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli import keeping

if TYPE_CHECKING:
    from service.settings.server import Server


def restore(
    file: Annotated[Path, typer.Argument(help="What `reveille backup` wrote.", exists=True, dir_okay=False)],
) -> None:
    """Put a backup back into an empty database and data folder. Stop the service it was made of first.

    A restored copy sends nothing that may have gone out already: what was due between the backup and its first start ends as
    unknown or skipped, with that reason, in `reveille status`.
    """
    from service.embedded import only_one
    from service.store import open_store
    from service.store.artefacts import artefact_store
    from service.store.database import Database
    from service.store.instance import shared_time
    from service.store.restore import Restorer

    server = keeping.settings()
    _refuse_leftovers(server)
    codec = keeping.codec_of(server)
    with only_one(server.data):
        if not server.database.startswith("sqlite"):
            # Makes the schema, and the months its rows go into; no secret, for it gets the backup's.
            open_store(server.database, server.artefacts, keys=keeping.keys_of(server), secret=b"").close()
        database = Database(server.database)
        try:
            restorer = Restorer(database, codec, artefact_store(server.artefacts, codec), server.data / "secret")
            put = restorer.restore(file, shared_time(database)())
        finally:
            database.close()
    print(f"Put back {put.rows:,} rows and {put.artefacts.count:,} files, as they were at {put.made_at:%Y-%m-%d %H:%M:%S} UTC.")
    print("Before you start it: the service this backup was made of must be stopped for good, or both will send what comes next.")
    print("What came due since the backup may have gone out and is not sent again; `reveille status` says what.")


def _refuse_leftovers(server: Server) -> None:
    """SQLite would take the log of a database that was moved away for that of the new one."""
    from sqlalchemy.engine import make_url

    from service.store.restore import NotEmpty

    url = make_url(server.database)
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    left = [Path(url.database + end) for end in ("-wal", "-shm", "-journal")]
    if not Path(url.database).exists() and (there := [path for path in left if path.exists()]):
        raise NotEmpty(f"{there[0]} is left of another database: move it away together with the database it belongs to.")
