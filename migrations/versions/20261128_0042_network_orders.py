"""Orders of the network: which appointment each is, and who gave it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0042"
down_revision: str | None = "0041"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "beckn_orders",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("bap_id", sa.String(200), nullable=False),
        sa.Column("transaction_id", sa.String(200), nullable=False),
        sa.Column("order_id", sa.String(30), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("price", sa.Numeric(12, 2), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("asked", postgresql.JSONB(), nullable=False),
        sa.Column("drafted_at", _MOMENT, nullable=False),
        sa.Column("confirmed_at", _MOMENT, nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("cancelled_at", _MOMENT, nullable=True),
        sa.Column("cancel_reason", sa.String(10), nullable=True),
        sa.Column("cancel_words", sa.String(200), nullable=True),
        *_promises(),
    )


def _promises() -> list[sa.Constraint]:
    table = "beckn_orders"
    return [
        sa.CheckConstraint(
            "(order_id IS NULL) = (confirmed_at IS NULL)",
            name=op.f(f"ck_{table}_confirmed"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(cancelled_at, cancel_reason, cancel_words) IN (0, 3)"
            " AND (cancelled_at IS NULL OR confirmed_at IS NOT NULL)",
            name=op.f(f"ck_{table}_cancelled"),
        ),
        sa.CheckConstraint("price >= 0", name=op.f(f"ck_{table}_price")),
        sa.CheckConstraint(
            "currency ~ '^[A-Z]{3}$'", name=op.f(f"ck_{table}_currency")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.public_id"],
            name=op.f(f"fk_{table}_appointment_id_appointments"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "bap_id",
            "transaction_id",
            name=op.f(f"uq_{table}_bap_id_transaction_id"),
        ),
        sa.UniqueConstraint("order_id", name=op.f(f"uq_{table}_order_id")),
        sa.UniqueConstraint("appointment_id", name=op.f(f"uq_{table}_appointment_id")),
    ]


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_table("beckn_orders")
