"""Proposals carried out"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.types import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ACTING = "(SELECT current_setting('reveille.person', true))"


def upgrade() -> None:
    with op.batch_alter_table("proposal") as batch:
        batch.add_column(sa.Column("rule", sa.String(length=255), nullable=False, server_default=""))
        batch.add_column(sa.Column("expires_at", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("rejected_at", UtcDateTime(), nullable=True))
    op.create_table(
        "act",
        sa.Column("proposal", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.Column("tool", sa.String(length=80), nullable=False),
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("rule", sa.String(length=255), nullable=False, server_default=""),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("fence", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("not_before", UtcDateTime(), nullable=True),
        sa.Column("doubtful", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("error", sa.Text(), nullable=False, server_default=""),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("proposal", name=op.f("pk_act")),
        sa.ForeignKeyConstraint(["proposal"], ["proposal.id"], name=op.f("fk_act_proposal_proposal"), ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_act_person_begun_at"), "act", ["person", "begun_at"])
    still = sa.text("ended_at IS NULL")
    op.create_index("ix_act_open", "act", ["person"], sqlite_where=still, postgresql_where=still)
    if op.get_bind().dialect.name == "postgresql":
        allowed = f"person = {ACTING} OR {ACTING} = '*'"
        op.execute("ALTER TABLE act ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY acting ON act USING ({allowed}) WITH CHECK ({allowed})")


def downgrade() -> None:
    op.drop_table("act")
    with op.batch_alter_table("proposal") as batch:
        for name in ("rejected_at", "expires_at", "rule"):
            batch.drop_column(name)
