"""What was refused at the network's door, and orders whose people are forgotten."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0044"
down_revision: str | None = "0043"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column("beckn_orders", sa.Column("redacted_at", _MOMENT, nullable=True))
    op.create_table(
        "beckn_refused",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("subscriber", sa.String(200), nullable=False),
        sa.Column("claimed", sa.String(200), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("path", sa.String(200), nullable=False),
        sa.Column("refused_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beckn_refused")),
    )
    op.create_index(
        "ix_beckn_refused_subscriber", "beckn_refused", ["subscriber", "id"]
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_table("beckn_refused")
    op.drop_column("beckn_orders", "redacted_at")
