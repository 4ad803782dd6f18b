"""Work on bookings that leave meets is ordered in rows, and done one after another."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0051"
down_revision: str | None = "0050"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    _orders()
    op.add_column("cascade_items", sa.Column("order_id", sa.BigInteger()))
    op.add_column("cascade_items", sa.Column("chosen", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_cascade_items_order_id_cascade_orders"),
        "cascade_items",
        "cascade_orders",
        ["order_id"],
        ["id"],
    )
    op.create_check_constraint(
        "chosen", "cascade_items", "chosen IS NULL OR order_id IS NOT NULL"
    )
    op.create_index(
        "ix_cascade_items_order_id",
        "cascade_items",
        ["order_id"],
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_index("ix_cascade_items_order_id", "cascade_items")
    op.drop_constraint("ck_cascade_items_chosen", "cascade_items")
    op.drop_constraint("fk_cascade_items_order_id_cascade_orders", "cascade_items")
    op.drop_column("cascade_items", "chosen")
    op.drop_column("cascade_items", "order_id")
    op.drop_table("cascade_orders")


def _orders() -> None:
    op.create_table(
        "cascade_orders",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("cascade_id", sa.BigInteger(), nullable=False),
        sa.Column("task", sa.String(length=30), nullable=False),
        sa.Column("made_by", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("came", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "task IN ('hold', 'take', 'list', 'give_back')",
            name=op.f("ck_cascade_orders_task"),
        ),
        sa.CheckConstraint(
            "number >= 0 AND came >= 0", name=op.f("ck_cascade_orders_counts")
        ),
        sa.ForeignKeyConstraint(
            ["cascade_id"],
            ["cascades.id"],
            name=op.f("fk_cascade_orders_cascade_id_cascades"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cascade_orders")),
    )
    op.create_index("ix_cascade_orders_cascade_id", "cascade_orders", ["cascade_id"])
