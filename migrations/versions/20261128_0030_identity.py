"""Codes by phone: what was sent, how often it was tried, and until when."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str | None = "0028"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "otp_challenges",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("proved_at", moment, nullable=True),
        sa.Column("shown", sa.String(length=6), nullable=True),
        sa.CheckConstraint(
            "attempts BETWEEN 0 AND 5", name=op.f("ck_otp_challenges_attempts")
        ),
        sa.CheckConstraint(
            "expires_at > created_at", name=op.f("ck_otp_challenges_expires_at")
        ),
        sa.CheckConstraint(
            "phone ~ '^\\+[1-9][0-9]{6,14}$'",
            name=op.f("ck_otp_challenges_phone_e164"),
        ),
        sa.CheckConstraint(
            "purpose IN ('identity')", name=op.f("ck_otp_challenges_purpose")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_otp_challenges")),
        sa.UniqueConstraint("public_id", name=op.f("uq_otp_challenges_public_id")),
    )
    for column in ("phone", "address"):
        op.create_index(
            f"ix_otp_challenges_{column}", "otp_challenges", [column, "created_at"]
        )
    op.create_index("ix_otp_challenges_created_at", "otp_challenges", ["created_at"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_table("otp_challenges")
