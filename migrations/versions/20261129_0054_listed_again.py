"""Whoever got their own booking back may lose it, and get it back, once more."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0054"
down_revision: str | None = "0053"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_constraint("uq_rebookings_booked_id", "rebookings")
    op.create_index(
        "uq_rebookings_booked",
        "rebookings",
        ["booked_id"],
        unique=True,
        postgresql_where=sa.text("booked_id <> appointment_id"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_index("uq_rebookings_booked", "rebookings")
    # Of those who returned more than once the last return is kept.
    op.execute(
        "DELETE FROM rebookings r USING rebookings later"
        " WHERE later.booked_id = r.booked_id AND later.id > r.id"
    )
    op.create_unique_constraint("uq_rebookings_booked_id", "rebookings", ["booked_id"])
