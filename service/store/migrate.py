"""Brings a database to the newest schema. Alembic is imported only where there is something to do: it costs half a second."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, select, text

from service.errors import StoreUnusable
from service.store.database import Database, translated
from service.store.tables import instance

HEAD = "0002"
"""The newest revision; a test holds it to what the versions folder says."""


def current(database: Database) -> str | None:
    with database.read() as connection:
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
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["database"] = database
    if here is not None and here not in {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}:
        if _serves(database) <= HEAD:  # a newer release is being rolled out beside this one
            return False
        raise StoreUnusable(
            f"The database was made by a newer Reveille (its schema is {here}, this version knows {HEAD})."
            " Install that version, or set REVEILLE_DATA to another folder."
        )
    with translated():
        command.upgrade(config, "head")
    return True
