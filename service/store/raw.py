"""The driver's own cursor, for what is done a thousand rows at a time: between it and the rows SQLAlchemy would be most of the work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


@contextmanager
def raw_cursor(on: Connection, **options: Any) -> Iterator[Any]:
    """Inside the transaction of `on`. What the driver raises is raised as SQLAlchemy would, so that `translated` knows it."""
    driver = on.connection.driver_connection
    assert driver is not None, "a connection in a transaction has its driver's"
    broken = on.dialect.loaded_dbapi.Error
    cursor = driver.cursor(**options)
    try:
        yield cursor
    except broken as error:
        raise DBAPIError.instance("in bulk", None, error, broken, dialect=on.dialect) from error
    finally:
        cursor.close()
