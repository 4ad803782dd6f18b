"""Hours: schedules, exceptions and maintenance."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Ranges of one number stand in for equality, so that no extension is needed. A schedule
# without a resource is the facility's own hours: 0 stands for it.
_ONE_AT_A_TIME = """
ALTER TABLE schedules ADD CONSTRAINT ex_schedules_one_at_a_time EXCLUDE USING gist (
  int8range(facility_id, facility_id, '[]') WITH &&,
  int8range(coalesce(resource_id, 0), coalesce(resource_id, 0), '[]') WITH &&,
  daterange(valid_from, valid_till, '[]') WITH &&
)
"""


def upgrade() -> None:
    _schedules()
    _availabilities()
    _availability_exceptions()
    _maintenances()
    op.execute(_ONE_AT_A_TIME)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


_TABLES = (
    "schedules",
    "availabilities",
    "availability_exceptions",
    "maintenances",
)


def _schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_till", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_till >= valid_from", name=op.f("ck_schedules_dates")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_schedules_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_schedules_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("public_id", name=op.f("uq_schedules_public_id")),
    )
    op.create_index(
        "ix_schedules_resource_id",
        "schedules",
        ["resource_id", "facility_id"],
        unique=False,
    )


def _availabilities() -> None:
    op.create_table(
        "availabilities",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("schedule_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "tokens",
                "open",
                "break",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start_time", sa.Time(), nullable=False),
        sa.Column("end_time", sa.Time(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tokens_per_slot", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "types",
            postgresql.ARRAY(sa.BigInteger()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("label", sa.String(length=60), server_default="", nullable=False),
        sa.CheckConstraint(
            "CASE kind WHEN 'tokens' THEN slot_minutes BETWEEN 1 AND 1440 AND tokens_per_slot >= 1 ELSE slot_minutes = 0 AND tokens_per_slot = 0 END",
            name=op.f("ck_availabilities_slots"),
        ),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6", name=op.f("ck_availabilities_weekday")
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedules.id"],
            name=op.f("fk_availabilities_schedule_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availabilities")),
        sa.UniqueConstraint("public_id", name=op.f("uq_availabilities_public_id")),
    )
    op.create_index(
        "ix_availabilities_schedule_id", "availabilities", ["schedule_id"], unique=False
    )


def _availability_exceptions() -> None:
    op.create_table(
        "availability_exceptions",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=True),
        sa.Column("resource_id", sa.BigInteger(), nullable=True),
        sa.Column("is_available", sa.Boolean(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "tokens",
                "open",
                "break",
                name="offered",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tokens_per_slot", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN is_available AND kind = 'tokens' THEN slot_minutes BETWEEN 1 AND 1440 AND tokens_per_slot >= 1 ELSE slot_minutes = 0 AND tokens_per_slot = 0 END",
            name=op.f("ck_availability_exceptions_slots"),
        ),
        sa.CheckConstraint(
            "kind <> 'break'", name=op.f("ck_availability_exceptions_kind")
        ),
        sa.CheckConstraint(
            "NOT is_available OR facility_id IS NOT NULL",
            name=op.f("ck_availability_exceptions_where"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(facility_id, resource_id) >= 1",
            name=op.f("ck_availability_exceptions_of_what"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facilities.id"],
            name=op.f("fk_availability_exceptions_facility_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
            name=op.f("fk_availability_exceptions_resource_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_exceptions")),
        sa.UniqueConstraint(
            "public_id", name=op.f("uq_availability_exceptions_public_id")
        ),
    )
    op.create_index(
        "ix_availability_exceptions_facility_id",
        "availability_exceptions",
        ["facility_id"],
        unique=False,
        postgresql_where=sa.text("revoked_at IS NULL AND resource_id IS NULL"),
    )
    op.create_index(
        "ix_availability_exceptions_resource_id",
        "availability_exceptions",
        ["resource_id"],
        unique=False,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def _maintenances() -> None:
    op.create_table(
        "maintenances",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_maintenances_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenances")),
        sa.UniqueConstraint("public_id", name=op.f("uq_maintenances_public_id")),
    )
    op.create_index(
        "ix_maintenances_resource_id", "maintenances", ["resource_id"], unique=False
    )
