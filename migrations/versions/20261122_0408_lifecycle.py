"""Moves remembered, participants who arrive, series and the waitlist."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATUSES = (
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
)


def upgrade() -> None:
    _status_moves()
    _series()
    _appointments()
    _waitlist_entries()
    _offers()


def downgrade() -> None:
    op.drop_table("offers")
    op.drop_table("waitlist_entries")
    op.drop_column("participants", "arrived_at")
    op.drop_index("ix_appointments_series_id", table_name="appointments")
    op.drop_column("appointments", "series_id")
    op.drop_table("appointment_series")
    op.drop_table("status_moves")


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _number(name: str, table: str, *, nullable: bool = False) -> sa.Column[object]:
    """Give a column that names a row of another table."""
    return sa.Column(
        name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=nullable
    )


def _one_of(name: str, values: Sequence[str]) -> sa.Column[object]:
    kind = sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=30
    )
    return sa.Column(name, kind, nullable=False)


def _status_moves() -> None:
    op.create_table(
        "status_moves",
        sa.Column("id", sa.BigInteger(), nullable=False),
        _number("appointment_id", "appointments"),
        sa.Column("revision", sa.Integer(), nullable=False),
        _one_of("was", STATUSES),
        _one_of("became", STATUSES),
        sa.Column("people", postgresql.JSONB(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        _moment("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_moves")),
        sa.UniqueConstraint(
            "appointment_id",
            "revision",
            name=op.f("uq_status_moves_appointment_id_revision"),
        ),
    )


def _series() -> None:
    op.create_table(
        "appointment_series",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        _number("facility_id", "facilities"),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("skipped", postgresql.JSONB(), nullable=False),
        sa.Column("booked_by", sa.String(length=120), nullable=False),
        _moment("booked_at"),
        sa.CheckConstraint(
            "every_weeks BETWEEN 1 AND 52", name=op.f("ck_appointment_series_weeks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_series")),
        sa.UniqueConstraint("public_id", name=op.f("uq_appointment_series_public_id")),
    )


def _appointments() -> None:
    op.add_column(
        "appointments", _number("series_id", "appointment_series", nullable=True)
    )
    op.create_index(
        "ix_appointments_series_id",
        "appointments",
        ["series_id"],
        postgresql_where=sa.text("series_id IS NOT NULL"),
    )
    op.add_column(
        "participants",
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
    )


def _waitlist_entries() -> None:
    op.create_table(
        "waitlist_entries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        _number("facility_id", "facilities"),
        _number("patient_id", "patients"),
        _number("type_id", "appointment_types"),
        _number("resource_id", "resources", nullable=True),
        _number("department_id", "departments", nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("weekdays", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("earliest", sa.Time(), nullable=False),
        sa.Column("latest", sa.Time(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        _one_of("status", ("waiting", "offered", "booked", "withdrawn")),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.Column("created_by", sa.String(length=120), nullable=False),
        _moment("created_at"),
        *_promises_of_entries(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_entries")),
        sa.UniqueConstraint("public_id", name=op.f("uq_waitlist_entries_public_id")),
    )
    op.create_index(
        "ix_waitlist_entries_waiting",
        "waitlist_entries",
        ["facility_id", sa.text("priority DESC"), "id"],
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(
        "ix_waitlist_entries_patient_id", "waitlist_entries", ["patient_id"]
    )


def _promises_of_entries() -> list[sa.CheckConstraint]:
    promises = {
        "days": "last_day >= first_day",
        "weekdays": "cardinality(weekdays) >= 1"
        " AND weekdays <@ ARRAY[0, 1, 2, 3, 4, 5, 6]",
        "times": "earliest < latest",
        "priority": "priority BETWEEN 0 AND 9",
    }
    return [
        sa.CheckConstraint(promise, name=op.f(f"ck_waitlist_entries_{name}"))
        for name, promise in promises.items()
    ]


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        _number("entry_id", "waitlist_entries"),
        _number("appointment_id", "appointments"),
        _one_of("status", ("open", "accepted", "declined", "lapsed")),
        _moment("expires_at"),
        _moment("offered_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("public_id", name=op.f("uq_offers_public_id")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_offers_appointment_id")),
    )
    open_ones = sa.text("status = 'open'")
    op.create_index(
        "uq_offers_open_entry",
        "offers",
        ["entry_id"],
        unique=True,
        postgresql_where=open_ones,
    )
    op.create_index(
        "ix_offers_expires_at", "offers", ["expires_at"], postgresql_where=open_ones
    )
