"""Restorations and erasures"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "restoration",
        sa.Column("backup", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("restored_at", UtcDateTime(), nullable=False),
        sa.Column("taken_up_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("restored_at", name=op.f("pk_restoration")),
    )
    op.create_table(
        "erasure",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_erasure")),
    )


def downgrade() -> None:
    op.drop_table("erasure")
    op.drop_table("restoration")
