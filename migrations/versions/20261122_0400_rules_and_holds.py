"""Needs of types, recurrence, holds, daily loads and rules."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Every booking that is there counts, on the facility's own day: of its type and of all.
_COUNT = """
INSERT INTO daily_loads (resource_id, facility_id, day, type_id, used)
SELECT a.resource_id, a.facility_id,
       (lower(a.during) AT TIME ZONE f.zone)::date, t.type_id, count(*)
FROM appointments a
JOIN facilities f ON f.id = a.facility_id
CROSS JOIN LATERAL (VALUES (0), (a.type_id)) AS t (type_id)
WHERE a.status NOT IN ('cancelled', 'denied', 'expired')
GROUP BY 1, 2, 3, 4
"""


def upgrade() -> None:
    _type_durations()
    _appointment_types()
    _availabilities()
    _appointments()
    _idempotency_keys()
    _daily_loads()
    _rule_settings()


def downgrade() -> None:
    op.add_column(
        "idempotency_keys",
        sa.Column(
            "answer",
            postgresql.JSONB(astext_type=sa.Text()),
            autoincrement=False,
            nullable=True,
        ),
    )
    op.drop_column("idempotency_keys", "outcome")
    op.drop_constraint("ck_availabilities_nth", "availabilities")
    op.drop_constraint("ck_availabilities_every_weeks", "availabilities")
    op.drop_column("availabilities", "nth")
    op.drop_column("availabilities", "every_weeks")
    op.drop_index(
        "uq_appointments_hold_key",
        table_name="appointments",
        postgresql_where=sa.text("status = 'held'"),
    )
    op.drop_index(
        "ix_appointments_requested",
        table_name="appointments",
        postgresql_where=sa.text("status = 'requested'"),
    )
    op.drop_index(
        "ix_appointments_hold_expires_at",
        table_name="appointments",
        postgresql_where=sa.text("status = 'held'"),
    )
    op.drop_column("appointments", "hold_key")
    op.drop_column("appointment_types", "needs_approval")
    op.drop_column("appointment_types", "equipment")
    op.drop_column("appointment_types", "room_capability")
    op.drop_column("appointment_types", "requires_room")
    op.drop_column("appointment_types", "requires_chair")
    op.drop_column("appointment_types", "buffer_after_minutes")
    op.drop_column("appointment_types", "buffer_before_minutes")
    op.drop_index("uq_type_durations_type_resource", table_name="type_durations")
    op.drop_table("type_durations")
    op.drop_index("ix_rule_settings_facility_id", table_name="rule_settings")
    op.drop_table("rule_settings")
    op.drop_table("daily_loads")


def _type_durations() -> None:
    op.create_table(
        "type_durations",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("type_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "minutes BETWEEN 5 AND 1440", name=op.f("ck_type_durations_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
            name=op.f("fk_type_durations_resource_id"),
        ),
        sa.ForeignKeyConstraint(
            ["type_id"],
            ["appointment_types.id"],
            name=op.f("fk_type_durations_type_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_type_durations")),
    )
    op.create_index(
        "uq_type_durations_type_resource",
        "type_durations",
        ["type_id", "resource_id"],
        unique=True,
    )


def _appointment_types() -> None:
    op.add_column(
        "appointment_types",
        sa.Column(
            "buffer_before_minutes", sa.Integer(), server_default="0", nullable=False
        ),
    )
    op.add_column(
        "appointment_types",
        sa.Column(
            "buffer_after_minutes", sa.Integer(), server_default="0", nullable=False
        ),
    )
    op.add_column(
        "appointment_types",
        sa.Column(
            "requires_chair",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
        ),
    )
    op.add_column(
        "appointment_types",
        sa.Column(
            "requires_room",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
        ),
    )
    op.add_column(
        "appointment_types",
        sa.Column(
            "room_capability", sa.String(length=40), server_default="", nullable=False
        ),
    )
    op.add_column(
        "appointment_types",
        sa.Column(
            "equipment",
            postgresql.ARRAY(sa.String(length=40)),
            server_default="{}",
            nullable=False,
        ),
    )
    op.add_column(
        "appointment_types",
        sa.Column(
            "needs_approval",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
        ),
    )
    op.create_check_constraint(
        "buffers",
        "appointment_types",
        "buffer_before_minutes >= 0 AND buffer_after_minutes >= 0",
    )


def _availabilities() -> None:
    op.add_column(
        "availabilities",
        sa.Column("every_weeks", sa.Integer(), server_default="1", nullable=False),
    )
    op.add_column(
        "availabilities",
        sa.Column(
            "nth", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False
        ),
    )
    op.create_check_constraint(
        "every_weeks", "availabilities", "every_weeks BETWEEN 1 AND 52"
    )
    op.create_check_constraint(
        "nth", "availabilities", "nth <@ ARRAY[-1, 1, 2, 3, 4, 5]"
    )


def _appointments() -> None:
    op.add_column(
        "appointments", sa.Column("hold_key", sa.String(length=120), nullable=True)
    )
    op.create_index(
        "ix_appointments_hold_expires_at",
        "appointments",
        ["hold_expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'held'"),
    )
    op.create_index(
        "ix_appointments_requested",
        "appointments",
        ["facility_id", "booked_at"],
        unique=False,
        postgresql_where=sa.text("status = 'requested'"),
    )
    op.create_index(
        "uq_appointments_hold_key",
        "appointments",
        ["hold_key"],
        unique=True,
        postgresql_where=sa.text("status = 'held'"),
    )


def _idempotency_keys() -> None:
    # Keys live a day; none made before this is worth keeping.
    op.execute("DELETE FROM idempotency_keys")
    op.add_column("idempotency_keys", sa.Column("outcome", sa.Uuid(), nullable=False))
    op.drop_column("idempotency_keys", "answer")


def _daily_loads() -> None:
    op.create_table(
        "daily_loads",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("type_id", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("used >= 0", name=op.f("ck_daily_loads_used")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_daily_loads_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_daily_loads_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daily_loads")),
        sa.UniqueConstraint(
            "resource_id",
            "facility_id",
            "day",
            "type_id",
            name=op.f("uq_daily_loads_resource_id_facility_id_day_type_id"),
        ),
    )
    op.execute(_COUNT)


def _rule_settings() -> None:
    op.create_table(
        "rule_settings",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=True),
        sa.Column("department_id", sa.BigInteger(), nullable=True),
        sa.Column("resource_id", sa.BigInteger(), nullable=True),
        sa.Column("type_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "active", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_rule_settings_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facilities.id"],
            name=op.f("fk_rule_settings_facility_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_rule_settings_resource_id")
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["appointment_types.id"], name=op.f("fk_rule_settings_type_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_settings")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rule_settings_public_id")),
    )
    op.create_index(
        "ix_rule_settings_facility_id", "rule_settings", ["facility_id"], unique=False
    )
