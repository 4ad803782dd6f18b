"""The picture of a facility on the pages of its patients."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0039"
down_revision: str | None = "0037"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column("facilities", sa.Column("logo", sa.LargeBinary(), nullable=True))
    op.add_column(
        "facilities",
        sa.Column(
            "logo_mark",
            sa.String(64),
            sa.Computed("encode(sha256(logo), 'hex')", persisted=True),
            nullable=True,
        ),
    )
    op.create_check_constraint(
        op.f("ck_facilities_logo"),
        "facilities",
        "octet_length(logo) BETWEEN 1 AND 102400",
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_constraint(op.f("ck_facilities_logo"), "facilities")
    op.drop_column("facilities", "logo_mark")
    op.drop_column("facilities", "logo")
