"""A database of an earlier release, brought to the newest schema with all that it holds."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from service.store import migrate
from service.store.database import Database

FIRST = "0001"


def at_first_schema(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.attributes["database"] = database
    command.upgrade(config, FIRST)


def test_what_refers_to_an_altered_table_is_kept(tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'old.db'}")) as database:
        at_first_schema(database)
        with database.write() as on:
            on.execute(
                text(
                    "INSERT INTO occurrence (id, person, cadence, slot, job, prepare_at, due_at, useful_until, state, outcome)"
                    " VALUES ('o', 'mara', 'morning', '2026-11-01.0', 'morning', :at, :at, :at, 'ended', 'sent')"
                ),
                {"at": "2026-11-01 06:00:00"},
            )
            on.execute(
                text(
                    "INSERT INTO notice (id, person, occurrence, audience, sealed, made_at) VALUES ('n', 'mara', 'o', 'person', x'', :at)"
                ),
                {"at": "2026-11-01 06:00:00"},
            )
            on.execute(
                text(
                    "INSERT INTO delivery (id, person, occurrence, notice, channel, key, state) VALUES ('d', 'mara', 'o', 'n', 'inbox', 'k', 'sent')"
                )
            )
        assert migrate.upgrade(database)
        with database.read() as on:
            joined = "SELECT d.key FROM delivery d JOIN notice n ON n.id = d.notice JOIN occurrence o ON o.id = d.occurrence"
            assert on.execute(text(joined)).scalars().all() == ["k"]
            assert on.execute(text("PRAGMA foreign_keys")).scalar() == 1, "enforced again afterwards"
