"""Delegations: what one user lends another."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "delegations",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("from_user_id", sa.BigInteger(), nullable=False),
        sa.Column("to_user_id", sa.BigInteger(), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.String(60)), nullable=False),
        sa.Column("resource_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "from_user_id <> to_user_id", name=op.f("ck_delegations_two_people")
        ),
        sa.CheckConstraint(
            "cardinality(permissions) > 0 AND cardinality(resource_ids) > 0",
            name=op.f("ck_delegations_something"),
        ),
        sa.ForeignKeyConstraint(
            ["from_user_id"], ["users.id"], name=op.f("fk_delegations_from_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_user_id"], ["users.id"], name=op.f("fk_delegations_to_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
        sa.UniqueConstraint("public_id", name=op.f("uq_delegations_public_id")),
    )
    op.create_index("ix_delegations_from_user_id", "delegations", ["from_user_id"])
    op.create_index("ix_delegations_to_user_id", "delegations", ["to_user_id"])


def downgrade() -> None:
    op.drop_table("delegations")
