"""Alembic's entry: online only, on the database that `service.store.migrate` hands over."""

from __future__ import annotations

from alembic import context

from service.store.database import Database
from service.store.tables import metadata

database: Database = context.config.attributes["database"]

with database.engine.connect() as connection:
    # SQLite alters tables by copying them (`render_as_batch`); all of a migration is one transaction, or nothing.
    if database.is_sqlite:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True)
    context.run_migrations()
    connection.commit()
