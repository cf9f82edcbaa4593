"""Alembic's entry: online only, on the database that `service.store.migrate` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from service.store.database import EVERYBODY, Database, acting_as
from service.store.tables import metadata


def run(connection: Connection) -> None:
    """SQLite alters tables by copying them (`render_as_batch`)."""
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True)
    context.run_migrations()


database: Database = context.config.attributes["database"]
inside: Connection | None = context.config.attributes.get("connection")

if inside is not None:  # part of somebody's transaction, who commits it
    run(inside)
else:
    # All of a migration is one transaction, or nothing; a second process waits for the first and finds nothing to do.
    with acting_as(EVERYBODY), database.rebuild() as connection:
        database.alone(connection, "migration")
        run(connection)
