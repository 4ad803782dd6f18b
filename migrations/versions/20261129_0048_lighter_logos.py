"""A logo is light enough for the first page of booking on a slow line."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0048"
down_revision: str | None = "0047"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    _limit(36_864)


def downgrade() -> None:
    _limit(102_400)


def _limit(most: int) -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    # A heavier one cannot be made smaller here; the name alone is shown until another
    # is sent.
    heavier = sa.text("UPDATE facilities SET logo = NULL WHERE octet_length(logo) > :n")
    op.execute(heavier.bindparams(n=most))
    op.drop_constraint(op.f("ck_facilities_logo"), "facilities")
    op.create_check_constraint(
        op.f("ck_facilities_logo"),
        "facilities",
        f"octet_length(logo) BETWEEN 1 AND {most}",
    )
