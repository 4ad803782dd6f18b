"""Which reasons to come are offered online, and how long a follow-up is due."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0037"
down_revision: str | None = "0034"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column(
        "appointment_types",
        sa.Column("public", sa.Boolean(), server_default="true", nullable=False),
    )
    op.add_column(
        "appointment_types",
        sa.Column("follow_up_days", sa.Integer(), server_default="30", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_appointment_types_follow_up_days"),
        "appointment_types",
        "follow_up_days BETWEEN 1 AND 730",
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_constraint(op.f("ck_appointment_types_follow_up_days"), "appointment_types")
    op.drop_column("appointment_types", "follow_up_days")
    op.drop_column("appointment_types", "public")
