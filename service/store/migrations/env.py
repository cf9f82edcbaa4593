"""Alembic's entry: online only, on the database that `service.store.migrate` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from service.store.database import Database
from service.store.tables import metadata


def run(connection: Connection) -> None:
    # SQLite alters tables by copying them (`render_as_batch`); all of a migration is one transaction, or nothing.
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True)
    context.run_migrations()


database: Database = context.config.attributes["database"]
inside: Connection | None = context.config.attributes.get("connection")

if inside is not None:  # part of somebody's transaction, who commits it
    run(inside)
else:
    with database.engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        run(connection)
        connection.commit()
