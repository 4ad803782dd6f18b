"""Orders of the network remember which place was confirmed, and since when they stand."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0043"
down_revision: str | None = "0042"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column("beckn_orders", sa.Column("fulfilment", sa.String(72), nullable=True))
    moment = sa.DateTime(timezone=True)
    op.add_column("beckn_orders", sa.Column("state_at", moment, nullable=True))
    op.execute("UPDATE beckn_orders SET state_at = changed_at")
    op.alter_column("beckn_orders", "state_at", nullable=False)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_column("beckn_orders", "state_at")
    op.drop_column("beckn_orders", "fulfilment")
