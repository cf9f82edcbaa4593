"""Brings a database to the newest schema. Alembic is imported only where there is something to do: it costs half a second."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text

from service.store.database import Database

HEAD = "0001"
"""The newest revision; a test holds it to what the versions folder says."""


def current(database: Database) -> str | None:
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(database: Database) -> bool:
    """Returns whether anything was done. Safe to call from several processes: Alembic's own transaction decides."""
    if current(database) == HEAD:
        return False
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["database"] = database
    command.upgrade(config, "head")
    return True
