"""Weeks counted on through versions; maintenance of a facility, once or in a series."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Whoever arranged it is not known of old rows: the first facility the resource serves.
_ARRANGED = """
UPDATE maintenances m SET facility_id = (
  SELECT p.facility_id FROM posts p WHERE p.resource_id = m.resource_id
  ORDER BY p.id LIMIT 1
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _schedules()
    _maintenances()


def downgrade() -> None:
    op.drop_index("ix_maintenances_series", table_name="maintenances")
    op.drop_constraint(
        "fk_maintenances_facility_id", "maintenances", type_="foreignkey"
    )
    op.drop_column("maintenances", "series")
    op.drop_column("maintenances", "facility_id")
    op.drop_column("schedules", "weeks_from")


def _schedules() -> None:
    op.add_column("schedules", sa.Column("weeks_from", sa.Date(), nullable=True))
    op.execute("UPDATE schedules SET weeks_from = valid_from")
    op.alter_column("schedules", "weeks_from", nullable=False)


def _maintenances() -> None:
    op.add_column(
        "maintenances", sa.Column("facility_id", sa.BigInteger(), nullable=True)
    )
    op.execute(_ARRANGED)
    op.alter_column("maintenances", "facility_id", nullable=False)
    op.create_foreign_key(
        "fk_maintenances_facility_id",
        "maintenances",
        "facilities",
        ["facility_id"],
        ["id"],
    )
    op.add_column("maintenances", sa.Column("series", sa.Uuid(), nullable=True))
    op.create_index("ix_maintenances_series", "maintenances", ["series"])
