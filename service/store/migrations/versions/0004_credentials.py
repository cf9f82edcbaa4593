"""Credentials of connections"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.types import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ACTING = "(SELECT current_setting('reveille.person', true))"


def upgrade() -> None:
    op.create_table(
        "credential",
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("vendor", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("renewing_until", UtcDateTime(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("renewed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person", "name", name=op.f("pk_credential")),
    )
    if op.get_bind().dialect.name == "postgresql":
        allowed = f"person = {ACTING} OR {ACTING} = '*'"
        op.execute("ALTER TABLE credential ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY acting ON credential USING ({allowed}) WITH CHECK ({allowed})")


def downgrade() -> None:
    op.drop_table("credential")
