"""Appointments, who comes, and what they claim."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Nobody is in two places at once. This is what stops a double booking; whatever is
# checked before the insert is only good manners. Ranges of one number stand in for
# equality, so that no extension is needed.
_ONE_PLACE = """
ALTER TABLE booking_resources ADD CONSTRAINT ex_booking_resources_one_place
EXCLUDE USING gist (
  int8range(resource_id, resource_id, '[]') WITH &&,
  int4range(unit, unit, '[]') WITH &&,
  claimed WITH &&
) WHERE (active AND exclusive AND NOT overridden)
"""


def upgrade() -> None:
    _appointments()
    _participants()
    _booking_resources()
    _idempotency_keys()
    op.execute(_ONE_PLACE)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


_TABLES = (
    "appointments",
    "participants",
    "booking_resources",
    "idempotency_keys",
)


def _appointments() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "timed",
                "token",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("type_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "held",
                "requested",
                "scheduled",
                "checked_in",
                "in_progress",
                "completed",
                "cancelled",
                "no_show",
                "denied",
                "expired",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("token_slot_id", sa.BigInteger(), nullable=True),
        sa.Column("availability_id", sa.BigInteger(), nullable=True),
        sa.Column("exception_id", sa.BigInteger(), nullable=True),
        sa.Column("hold_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.Column(
            "cancel_reason", sa.String(length=200), server_default="", nullable=False
        ),
        sa.Column("booked_by", sa.String(length=120), nullable=False),
        sa.Column("booked_by_name", sa.String(length=200), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(kind = 'token') = (token_slot_id IS NOT NULL)",
            name=op.f("ck_appointments_token_slot"),
        ),
        sa.CheckConstraint(
            "(status = 'held') = (hold_expires_at IS NOT NULL)",
            name=op.f("ck_appointments_hold"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(availability_id, exception_id) <= 1",
            name=op.f("ck_appointments_one_source"),
        ),
        sa.ForeignKeyConstraint(
            ["availability_id"],
            ["availabilities.id"],
            name=op.f("fk_appointments_availability_id"),
        ),
        sa.ForeignKeyConstraint(
            ["exception_id"],
            ["availability_exceptions.id"],
            name=op.f("fk_appointments_exception_id"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_appointments_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resources.id"], name=op.f("fk_appointments_resource_id")
        ),
        sa.ForeignKeyConstraint(
            ["token_slot_id"],
            ["token_slots.id"],
            name=op.f("fk_appointments_token_slot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["appointment_types.id"], name=op.f("fk_appointments_type_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("public_id", name=op.f("uq_appointments_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_appointments_reference")),
    )
    op.create_index(
        "ix_appointments_facility_start",
        "appointments",
        ["facility_id", sa.literal_column("lower(during)")],
        unique=False,
    )
    op.create_index(
        "ix_appointments_resource_start",
        "appointments",
        ["resource_id", sa.literal_column("lower(during)")],
        unique=False,
    )
    op.create_index(
        "ix_appointments_token_slot_id", "appointments", ["token_slot_id"], unique=False
    )


def _participants() -> None:
    op.create_table(
        "participants",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("appointment_id", sa.BigInteger(), nullable=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "held",
                "requested",
                "scheduled",
                "checked_in",
                "in_progress",
                "completed",
                "cancelled",
                "no_show",
                "denied",
                "expired",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("token_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_participants_appointment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_participants_patient_id")
        ),
        sa.ForeignKeyConstraint(
            ["token_id"], ["tokens.id"], name=op.f("fk_participants_token_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participants")),
        sa.UniqueConstraint(
            "appointment_id",
            "patient_id",
            name=op.f("uq_participants_appointment_id_patient_id"),
        ),
        sa.UniqueConstraint("token_id", name=op.f("uq_participants_token_id")),
    )
    op.create_index(
        "ix_participants_patient_id", "participants", ["patient_id"], unique=False
    )


def _booking_resources() -> None:
    op.create_table(
        "booking_resources",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("appointment_id", sa.BigInteger(), nullable=True),
        sa.Column("token_slot_id", sa.BigInteger(), nullable=True),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Integer(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("claimed", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("exclusive", sa.Boolean(), nullable=False),
        sa.Column(
            "overridden", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column(
            "how",
            sa.Enum(
                "manual",
                "auto",
                "swap",
                name="how",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("assigned_by", sa.String(length=120), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "claimed @> during", name=op.f("ck_booking_resources_claimed")
        ),
        sa.CheckConstraint(
            "num_nonnulls(appointment_id, token_slot_id) = 1",
            name=op.f("ck_booking_resources_one_owner"),
        ),
        sa.CheckConstraint("unit >= 1", name=op.f("ck_booking_resources_unit")),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_booking_resources_appointment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
            name=op.f("fk_booking_resources_resource_id"),
        ),
        sa.ForeignKeyConstraint(
            ["token_slot_id"],
            ["token_slots.id"],
            name=op.f("fk_booking_resources_token_slot_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_resources")),
    )
    op.create_index(
        "ix_booking_resources_appointment_id",
        "booking_resources",
        ["appointment_id"],
        unique=False,
    )
    op.create_index(
        "ix_booking_resources_resource_start",
        "booking_resources",
        ["resource_id", sa.literal_column("lower(during)")],
        unique=False,
    )
    op.create_index(
        "ix_booking_resources_token_slot_id",
        "booking_resources",
        ["token_slot_id"],
        unique=False,
    )


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column(
            "answer",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_keys")),
        sa.UniqueConstraint("actor", "key", name=op.f("uq_idempotency_keys_actor_key")),
    )
    op.create_index(
        "ix_idempotency_keys_created_at",
        "idempotency_keys",
        ["created_at"],
        unique=False,
    )
