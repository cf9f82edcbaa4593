"""Connections that PostgreSQL ended while they lay in the pool."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import text

from service.store import EVERYBODY, acting_as
from service.store.database import Database
from tests.services import Postgres


@pytest.mark.parametrize("kind", ["read", "write", "rebuild"])
def test_a_connection_that_was_cut_is_changed_for_a_new_one(postgres_server: Postgres, postgres_url: str, kind: str) -> None:
    with closing(Database(postgres_url)) as database, acting_as(EVERYBODY):
        transaction = getattr(database, kind)
        with transaction() as on:
            on.execute(text("SELECT 1"))
        assert postgres_server.cut() == 1
        with transaction() as on:
            assert on.execute(text("SELECT current_setting('reveille.person')")).scalar() == "*"
