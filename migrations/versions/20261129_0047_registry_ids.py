"""Ids by which national registries know facilities and those who work there."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0047"
down_revision: str | None = "0046"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_COLUMNS = (("facilities", "hfr_id"), ("practitioners", "hpr_id"))


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for table, column in _COLUMNS:
        op.add_column(
            table,
            sa.Column(column, sa.String(40), server_default="", nullable=False),
        )
        op.create_check_constraint(
            op.f(f"ck_{table}_{column}"), table, f"{column} ~ '^[A-Za-z0-9-]*$'"
        )
        op.create_index(
            f"uq_{table}_{column}",
            table,
            [column],
            unique=True,
            postgresql_where=sa.text(f"{column} <> ''"),
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for table, column in _COLUMNS:
        op.drop_index(f"uq_{table}_{column}", table)
        op.drop_constraint(op.f(f"ck_{table}_{column}"), table)
        op.drop_column(table, column)
