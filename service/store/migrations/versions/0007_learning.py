"""What a person's acts have taught"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.types import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ACTING = "(SELECT current_setting('reveille.person', true))"


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("item", sa.String(length=255).with_variant(sa.Text(), "postgresql"), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", "id", name=op.f("pk_feedback")),
    )
    op.create_index(op.f("ix_feedback_person_item"), "feedback", ["person", "item"])
    op.create_index(op.f("ix_feedback_person_at"), "feedback", ["person", "at"])
    op.create_table(
        "learned",
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", "key", name=op.f("pk_learned")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("feedback", "learned"):
            allowed = f"person = {ACTING} OR {ACTING} = '*'"
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY acting ON {table} USING ({allowed}) WITH CHECK ({allowed})")


def downgrade() -> None:
    op.drop_table("learned")
    op.drop_table("feedback")
