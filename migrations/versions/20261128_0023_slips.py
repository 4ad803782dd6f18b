"""Slips: the secret address of a visit's status, and how often it came out on paper."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "slips",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.String(length=43), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prints", sa.Integer(), server_default="0", nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "prints >= 0 AND (prints = 0) = (printed_at IS NULL)",
            name=op.f("ck_slips_printed"),
        ),
        sa.CheckConstraint("length(secret) >= 20", name=op.f("ck_slips_secret")),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participants.id"],
            name=op.f("fk_slips_participant_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slips")),
        sa.UniqueConstraint("participant_id", name=op.f("uq_slips_participant_id")),
        sa.UniqueConstraint("secret", name=op.f("uq_slips_secret")),
    )
    # Who has come already gets a slip too; random ids are as hard to guess.
    op.execute(
        "INSERT INTO slips (participant_id, secret, made_at)"
        " SELECT participant_id, replace(gen_random_uuid()::text, '-', ''),"
        " min(arrived_at) FROM queue_entries GROUP BY participant_id"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_table("slips")
