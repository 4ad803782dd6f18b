"""Who comes by the network says so on a form of ours, by an id of its own."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0052"
down_revision: str | None = "0051"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    # Each order of before gets an id of its own, as new ones do.
    op.add_column(
        "beckn_orders",
        sa.Column(
            "form_id",
            sa.Uuid(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
        ),
    )
    op.add_column("beckn_orders", sa.Column("filled_at", sa.DateTime(timezone=True)))
    op.create_unique_constraint(
        op.f("uq_beckn_orders_form_id"), "beckn_orders", ["form_id"]
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_constraint("uq_beckn_orders_form_id", "beckn_orders")
    op.drop_column("beckn_orders", "filled_at")
    op.drop_column("beckn_orders", "form_id")
