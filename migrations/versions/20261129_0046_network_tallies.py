"""What the network's door turned away, counted by minute; how long an ACK took."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0046"
down_revision: str | None = "0045"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column("beckn_inbox", sa.Column("ack_ms", sa.Integer(), nullable=True))
    op.create_table(
        "beckn_tallies",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("subscriber", sa.String(200), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('braked', 'refused')", name=op.f("ck_beckn_tallies_kind")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_beckn_tallies_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beckn_tallies")),
        sa.UniqueConstraint(
            "minute",
            "kind",
            "subscriber",
            "address",
            name=op.f("uq_beckn_tallies_minute_kind_subscriber_address"),
        ),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_table("beckn_tallies")
    op.drop_column("beckn_inbox", "ack_ms")
