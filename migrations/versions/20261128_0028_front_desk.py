"""Where who was skipped stands, when a wait is long, whom leave puts on the list."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    moment = sa.DateTime(timezone=True)
    op.add_column("queue_entries", sa.Column("stands_at", moment, nullable=True))
    op.add_column("queue_entries", sa.Column("stands_rank", sa.Double(), nullable=True))
    op.create_check_constraint(
        op.f("ck_queue_entries_stands"),
        "queue_entries",
        "num_nonnulls(stands_at, stands_rank) IN (0, 2)",
    )
    for name, usual in (("long_wait_minutes", "30"), ("too_long_wait_minutes", "45")):
        op.add_column(
            "queue_policies",
            sa.Column(name, sa.Integer(), server_default=usual, nullable=False),
        )
    _fates("'waiting', 'stays', 'moved', 'returned', 'listed'")
    op.create_check_constraint(
        op.f("ck_queue_policies_waits"),
        "queue_policies",
        "long_wait_minutes BETWEEN 1 AND 600"
        " AND too_long_wait_minutes BETWEEN long_wait_minutes AND 600",
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    # Who was listed is on the rebooking list: there nothing is lost.
    op.execute("UPDATE cascade_items SET fate = 'stays' WHERE fate = 'listed'")
    _fates("'waiting', 'stays', 'moved', 'returned'")
    op.drop_constraint(op.f("ck_queue_policies_waits"), "queue_policies")
    op.drop_column("queue_policies", "too_long_wait_minutes")
    op.drop_column("queue_policies", "long_wait_minutes")
    op.drop_constraint(op.f("ck_queue_entries_stands"), "queue_entries")
    op.drop_column("queue_entries", "stands_rank")
    op.drop_column("queue_entries", "stands_at")


def _fates(fates: str) -> None:
    name = op.f("ck_cascade_items_fate")
    op.drop_constraint(name, "cascade_items")
    op.create_check_constraint(name, "cascade_items", f"fate IN ({fates})")
