"""The ledger for many machines: ids in order of time, one moment to wake at, and on PostgreSQL partitions and row-level security.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import hashlib
import json
import re

import sqlalchemy as sa
from alembic import op

from service.store.types import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PERSONAL = ("revision", "account", "held", "item", "term", "sighting", "cadence", "proposal", "approval")
LEDGER = {"occurrence": "id", "notice": "id", "artefact": "notice", "delivery": "id", "told": "occurrence"}
LONG = (("item", "id"), ("term", "item"), ("held", "item"), ("sighting", "message_id"))
"""What sources name may be of any length; SQLite never minded."""
ACTING = "(SELECT current_setting('reveille.person', true))"


def upgrade() -> None:
    op.create_table(
        "instance",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_instance")),
    )
    op.execute(
        "INSERT INTO instance (name, value) VALUES ('serves', CAST('0002' AS BLOB))"
        if op.get_bind().dialect.name == "sqlite"
        else "INSERT INTO instance (name, value) VALUES ('serves', convert_to('0002', 'UTF8'))"
    )
    _cadences()
    if op.get_bind().dialect.name == "postgresql":
        for table, column in LONG:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE text")
        _partition()
        for table in (*PERSONAL, *LEDGER):
            _secure(table)
    else:
        _occurrences()
        _rename()


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")


# --- cadences: what the clock reads, apart from what it doesn't ---------------------------------------------------------


def _cadences() -> None:
    with op.batch_alter_table("cadence") as batch:
        batch.add_column(sa.Column("job", sa.String(length=40), nullable=False, server_default=""))
        batch.add_column(sa.Column("kind", sa.String(length=12), nullable=False, server_default=""))
        batch.add_column(sa.Column("timing", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("last", sa.String(length=40), nullable=False, server_default=""))
    on = op.get_bind()
    table = sa.table(
        "cadence",
        *(sa.column(name) for name in ("person", "name", "job", "kind", "timing", "digest")),
        sa.column("document", sa.JSON),
    )
    for row in on.execute(sa.select(table)).mappings().all():
        document = dict(row["document"])
        timing = json.dumps({k: document.pop(k) for k in ("timing", "timezone", "holidays")}, sort_keys=True)
        job, kind = document.pop("job"), document.pop("kind")
        digest = hashlib.sha256(f"{job} {kind} {timing}".encode()).hexdigest()
        where = sa.and_(table.c.person == row["person"], table.c.name == row["name"])
        on.execute(sa.update(table).where(where).values(job=job, kind=kind, timing=timing, document=document, digest=digest))
    with op.batch_alter_table("cadence") as batch:
        for name in ("job", "kind", "timing"):
            batch.alter_column(name, server_default=None)


# --- SQLite: the same table with more columns, and every id anew --------------------------------------------------------


def _occurrences() -> None:
    with op.batch_alter_table("occurrence") as batch:
        batch.add_column(sa.Column("deaths", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("wake_at", UtcDateTime(), nullable=True))
        batch.drop_index("ix_occurrence_state_prepare_at")
        batch.drop_index("ix_occurrence_person_cadence_due_at")
        batch.drop_index("ix_occurrence_person_ended_at")
        batch.drop_constraint("uq_occurrence_person_cadence_subject_slot", type_="unique")
    for statement in INDEXES:
        op.execute(statement)
    op.execute(
        "UPDATE occurrence SET wake_at = CASE state WHEN 'due' THEN coalesce(not_before, prepare_at) WHEN 'prepared' THEN due_at"
        " ELSE coalesce(lease_until, not_before, due_at) END WHERE state <> 'ended'"
    )


INDEXES = (
    "CREATE INDEX ix_occurrence_wake_at ON occurrence (wake_at) WHERE wake_at IS NOT NULL",
    "CREATE INDEX ix_occurrence_deaths ON occurrence (ended_at) WHERE deaths > 0",
    "CREATE INDEX ix_occurrence_open ON occurrence (person, cadence) WHERE ended_at IS NULL",
    "CREATE INDEX ix_occurrence_ended ON occurrence (person, ended_at) WHERE ended_at IS NOT NULL",
    "CREATE INDEX ix_occurrence_outcome ON occurrence (person, cadence, outcome, due_at) WHERE outcome IS NOT NULL",
)


def _rename() -> None:
    on = op.get_bind()
    on.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    for old, person, cadence, subject, slot in on.execute(
        sa.text("SELECT id, person, cadence, subject, slot FROM occurrence")
    ).all():
        new = _day(slot, subject) + hashlib.sha256(f"{person}\0{cadence}\0{subject}\0{slot}".encode()).hexdigest()[:24]
        on.execute(sa.text("UPDATE occurrence SET id = :new WHERE id = :old"), {"new": new, "old": old})
        for table in ("notice", "delivery", "told"):
            on.execute(sa.text(f"UPDATE {table} SET occurrence = :new WHERE occurrence = :old"), {"new": new, "old": old})  # noqa: S608
    for id, occurrence in on.execute(sa.text("SELECT id, occurrence FROM notice")).all():
        names = {"new": occurrence[:8] + id[:24], "old": id}
        on.execute(sa.text("UPDATE notice SET id = :new WHERE id = :old"), names)
        for table in ("artefact", "delivery"):
            on.execute(sa.text(f"UPDATE {table} SET notice = :new WHERE notice = :old"), names)  # noqa: S608
    for id, occurrence in on.execute(sa.text("SELECT id, occurrence FROM delivery")).all():
        on.execute(sa.text("UPDATE delivery SET id = :new WHERE id = :old"), {"new": occurrence[:8] + id[:24], "old": id})


def _day(slot: str, subject: str) -> str:
    for words, pattern in ((slot, r"(\d{4})-(\d\d)-(\d\d)"), (subject, r"/(\d{4})(\d\d)(\d\d)(?:T\d{6}Z?)?$")):
        if found := re.search(pattern, words):
            year, month, day = found.groups()
            if "01" <= month <= "12" and "01" <= day <= "31":
                return str(year + month + day)
    return "19700101"


# --- PostgreSQL: partitioned by time, each row for its person only ------------------------------------------------------


def _partition() -> None:
    """No release before this one ran on PostgreSQL, so there is nothing in these tables to keep."""
    for table in reversed(LEDGER):
        op.execute(f"DROP TABLE {table}")
    for statement in TABLES.strip().split(";\n"):
        op.execute(statement)
    for statement in INDEXES:
        op.execute(statement)
    for table in LEDGER:
        op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
        _secure(f"{table}_default")


TABLES = """
CREATE TABLE occurrence (
  id varchar(40) COLLATE "C" NOT NULL, person varchar(255) NOT NULL, cadence varchar(255) NOT NULL, subject text DEFAULT '' NOT NULL,
  slot varchar(60) NOT NULL, job varchar(40) NOT NULL, prepare_at timestamptz NOT NULL, due_at timestamptz NOT NULL,
  useful_until timestamptz NOT NULL, state varchar(12) NOT NULL, outcome varchar(12), reason text DEFAULT '' NOT NULL,
  fence bigint DEFAULT 0 NOT NULL, attempts integer DEFAULT 0 NOT NULL, deaths integer DEFAULT 0 NOT NULL, lease_until timestamptz,
  not_before timestamptz, wake_at timestamptz, started_at timestamptz, prepared_at timestamptz, ended_at timestamptz,
  count integer DEFAULT 1 NOT NULL, sealed bytea,
  CONSTRAINT pk_occurrence PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE notice (
  id varchar(40) COLLATE "C" NOT NULL, person varchar(255) NOT NULL, occurrence varchar(40) COLLATE "C" NOT NULL, audience varchar(12) NOT NULL,
  sealed bytea NOT NULL, made_at timestamptz NOT NULL,
  CONSTRAINT pk_notice PRIMARY KEY (id),
  CONSTRAINT fk_notice_occurrence_occurrence FOREIGN KEY (occurrence) REFERENCES occurrence (id) ON DELETE CASCADE
) PARTITION BY RANGE (id);
CREATE INDEX ix_notice_occurrence ON notice (occurrence);
CREATE TABLE artefact (
  notice varchar(40) COLLATE "C" NOT NULL, name varchar(255) NOT NULL, person varchar(255) NOT NULL, role varchar(20) NOT NULL,
  media_type varchar(80) NOT NULL, path text NOT NULL, size bigint NOT NULL, made_at timestamptz NOT NULL,
  CONSTRAINT pk_artefact PRIMARY KEY (notice, name),
  CONSTRAINT fk_artefact_notice_notice FOREIGN KEY (notice) REFERENCES notice (id) ON DELETE CASCADE
) PARTITION BY RANGE (notice);
CREATE INDEX ix_artefact_person_made_at ON artefact (person, made_at);
CREATE TABLE delivery (
  id varchar(40) COLLATE "C" NOT NULL, person varchar(255) NOT NULL, occurrence varchar(40) COLLATE "C" NOT NULL,
  notice varchar(40) COLLATE "C" NOT NULL, channel varchar(255) NOT NULL, key varchar(64) NOT NULL, state varchar(12) NOT NULL,
  attempts integer DEFAULT 0 NOT NULL, fence bigint DEFAULT 0 NOT NULL, lease_until timestamptz, not_before timestamptz,
  doubtful boolean DEFAULT false NOT NULL, interrupts boolean DEFAULT false NOT NULL, error text DEFAULT '' NOT NULL,
  receipt text DEFAULT '' NOT NULL, sent_at timestamptz,
  CONSTRAINT pk_delivery PRIMARY KEY (id),
  CONSTRAINT fk_delivery_occurrence_occurrence FOREIGN KEY (occurrence) REFERENCES occurrence (id) ON DELETE CASCADE,
  CONSTRAINT fk_delivery_notice_notice FOREIGN KEY (notice) REFERENCES notice (id) ON DELETE CASCADE
) PARTITION BY RANGE (id);
CREATE INDEX ix_delivery_occurrence ON delivery (occurrence);
CREATE INDEX ix_delivery_notice ON delivery (notice);
CREATE INDEX ix_delivery_person_sent_at ON delivery (person, sent_at);
CREATE INDEX ix_delivery_state_not_before ON delivery (state, not_before);
CREATE TABLE told (
  person varchar(255) NOT NULL, occurrence varchar(40) COLLATE "C" NOT NULL, cadence varchar(255) NOT NULL, key text NOT NULL,
  version varchar(64) NOT NULL, due_at timestamptz NOT NULL,
  CONSTRAINT pk_told PRIMARY KEY (occurrence, key),
  CONSTRAINT fk_told_occurrence_occurrence FOREIGN KEY (occurrence) REFERENCES occurrence (id) ON DELETE CASCADE
) PARTITION BY RANGE (occurrence);
CREATE INDEX ix_told_person_cadence_due_at ON told (person, cadence, due_at)
"""


def _secure(table: str) -> None:
    """Whoever acts as a person sees and writes that person's rows; the tables' owner is no exception."""
    allowed = f"person = {ACTING} OR {ACTING} = '*'"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY acting ON {table} USING ({allowed}) WITH CHECK ({allowed})")
