"""Who takes part in a visit does so in a role: most are its patient."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0057"
down_revision: str | None = "0056"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    # A constant default is kept beside the table: no row of it is written.
    op.add_column(
        "participants",
        sa.Column("role", sa.String(30), server_default="patient", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_participants_role"),
        "participants",
        "role IN ('patient', 'guardian', 'companion')",
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_column("participants", "role")
