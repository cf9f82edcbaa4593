"""Who listens at which account"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.types import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ACTING = "(SELECT current_setting('reveille.person', true))"


def upgrade() -> None:
    op.create_table(
        "doorbell",
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("holder", sa.String(length=255), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("said", sa.Text(), server_default="", nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person", "account", name=op.f("pk_doorbell")),
    )
    if op.get_bind().dialect.name == "postgresql":
        allowed = f"person = {ACTING} OR {ACTING} = '*'"
        op.execute("ALTER TABLE doorbell ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY acting ON doorbell USING ({allowed}) WITH CHECK ({allowed})")


def downgrade() -> None:
    op.drop_table("doorbell")
