"""Brings a database to the newest schema. Alembic is imported only where there is something to do: it costs half a second."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, select, text

from service.errors import StoreUnusable
from service.store.database import Database, translated
from service.store.tables import instance

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0006"
"""The newest revision; a test holds it to what the versions folder says."""

FIRST_ON_POSTGRES = "0002"
"""Its migration makes the ledger's tables anew there, for no release before it ran on PostgreSQL."""


def current(database: Database) -> str | None:
    with database.read() as connection:
        return current_on(connection)


def current_on(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _serves(database: Database) -> str:
    """The oldest schema whose release still works on this database."""
    with database.read() as connection:
        found: bytes | None = connection.execute(select(instance.c.value).where(instance.c.name == "serves")).scalar_one_or_none()
    return found.decode() if found else "9999"


def upgrade(database: Database) -> bool:
    """Returns whether anything was done. Safe to call from several processes: Alembic's own transaction decides."""
    here = current(database)
    if here == HEAD:
        return False
    if here is not None and here not in revisions():
        if _serves(database) <= HEAD:  # a newer release is being rolled out beside this one
            return False
        raise StoreUnusable(
            f"The database was made by a newer Reveille (its schema is {here}, this version knows {HEAD})."
            " Install that version, or set REVEILLE_DATA to another folder."
        )
    from alembic import command

    with translated():
        command.upgrade(_config(database), "head")
    return True


def upgrade_on(connection: Connection, database: Database, to: str = "head") -> None:
    """The same inside somebody's transaction, as far as the revision `to`."""
    from alembic import command

    config = _config(database)
    config.attributes["connection"] = connection
    command.upgrade(config, to)


@cache
def revisions() -> frozenset[str]:
    """Every schema that this version can bring to the newest."""
    from alembic.script import ScriptDirectory

    return frozenset(step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions())


def _config(database: Database | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["database"] = database
    return config
