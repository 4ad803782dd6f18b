"""What patients book themselves, how many places they may hold, a facility's colour."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column(
        "posts",
        sa.Column("public", sa.Boolean(), server_default="false", nullable=False),
    )
    op.add_column(
        "facilities",
        sa.Column("online_holds", sa.Integer(), server_default="40", nullable=False),
    )
    op.add_column(
        "facilities",
        sa.Column("colour", sa.String(7), server_default="", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_facilities_colour"),
        "facilities",
        "colour ~ '^(#[0-9a-f]{6})?$'",
    )
    op.create_check_constraint(
        op.f("ck_facilities_online_holds"),
        "facilities",
        "online_holds BETWEEN 0 AND 1000",
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_constraint(op.f("ck_facilities_online_holds"), "facilities")
    op.drop_constraint(op.f("ck_facilities_colour"), "facilities")
    op.drop_column("facilities", "colour")
    op.drop_column("facilities", "online_holds")
    op.drop_column("posts", "public")
