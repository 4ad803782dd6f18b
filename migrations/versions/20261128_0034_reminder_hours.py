"""How many hours before a visit of a type its patient is reminded; 0 for not at all."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column(
        "appointment_types",
        sa.Column("reminder_hours", sa.Integer(), server_default="24", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_appointment_types_reminder_hours"),
        "appointment_types",
        "reminder_hours BETWEEN 0 AND 336",
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_constraint(op.f("ck_appointment_types_reminder_hours"), "appointment_types")
    op.drop_column("appointment_types", "reminder_hours")
