"""A version of hours may end the day before it begins: replaced before it ever held."""

from collections.abc import Sequence

from alembic import op

revision: str = "0016"
down_revision: str | None = "0014"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_ONE_AT_A_TIME = """
ALTER TABLE schedules ADD CONSTRAINT ex_schedules_one_at_a_time EXCLUDE USING gist (
  int8range(facility_id, facility_id, '[]') WITH &&,
  int8range(coalesce(resource_id, 0), coalesce(resource_id, 0), '[]') WITH &&,
  {dates} WITH &&
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    # The range of a version that never held is empty, and meets no other.
    _dates("valid_till >= valid_from - 1", "daterange(valid_from, valid_till + 1)")


def downgrade() -> None:
    # Stops at a version that never held: bookings may point at it, so it stays.
    op.execute("SET LOCAL lock_timeout = '10s'")
    _dates("valid_till >= valid_from", "daterange(valid_from, valid_till, '[]')")


def _dates(order: str, dates: str) -> None:
    op.drop_constraint("ex_schedules_one_at_a_time", "schedules")
    op.drop_constraint("ck_schedules_dates", "schedules")
    op.create_check_constraint("dates", "schedules", order)
    op.execute(_ONE_AT_A_TIME.format(dates=dates))
