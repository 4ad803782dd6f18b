"""Departments out of use, and priority levels of the hospital's own."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Those that ship; what makes each somebody due sooner stands in the queue policies.
_SHIPPED = (
    ("emergency", "Emergency", "Goes before everybody."),
    ("urgent", "Urgent", "Goes sooner, as the queue policy says."),
    ("routine", "Routine", "What a visit is unless somebody says otherwise."),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column(
        "departments",
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
    )
    levels = op.create_table(
        "queue_levels",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "public_id",
            sa.Uuid(),
            server_default=sa.text("gen_random_uuid()"),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("says", sa.String(length=120), nullable=False),
        sa.Column("minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint(
            "minutes BETWEEN 0 AND 600", name=op.f("ck_queue_levels_minutes")
        ),
        # What a visit is unless said otherwise, and what goes first, is always there.
        sa.CheckConstraint(
            "active OR code NOT IN ('routine', 'emergency')",
            name=op.f("ck_queue_levels_stays"),
        ),
        sa.CheckConstraint(
            "minutes = 0 OR code NOT IN ('routine', 'urgent', 'emergency')",
            name=op.f("ck_queue_levels_shipped"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_levels")),
        sa.UniqueConstraint("public_id", name=op.f("uq_queue_levels_public_id")),
        sa.UniqueConstraint("code", name=op.f("uq_queue_levels_code")),
    )
    op.create_index(
        "uq_queue_levels_name", "queue_levels", [sa.text("lower(name)")], unique=True
    )
    op.bulk_insert(
        levels,
        [
            {"id": number, "code": code, "name": name, "says": says}
            for number, (code, name, says) in enumerate(_SHIPPED, 1)
        ],
    )
    op.execute("SELECT setval('queue_levels_id_seq', 3)")
    op.drop_constraint(op.f("ck_queue_entries_level"), "queue_entries")
    op.create_foreign_key(
        op.f("fk_queue_entries_level"),
        "queue_entries",
        "queue_levels",
        ["level"],
        ["code"],
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_constraint(op.f("fk_queue_entries_level"), "queue_entries")
    op.execute(
        "UPDATE queue_entries SET level = 'urgent'"
        " WHERE level NOT IN ('routine', 'urgent', 'emergency')"
    )
    op.create_check_constraint(
        op.f("ck_queue_entries_level"),
        "queue_entries",
        "level IN ('routine', 'urgent', 'emergency')",
    )
    op.drop_table("queue_levels")
    op.drop_column("departments", "active")
