"""Overrides of double bookings, the register of conflicts, what patients prefer."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    _patients()
    _overrides()
    _conflicts()
    _conflict_indexes()


def downgrade() -> None:
    op.drop_table("resource_conflicts")
    op.drop_index("ix_booking_resources_overridden", "booking_resources")
    op.drop_constraint("ck_booking_resources_override", "booking_resources")
    op.drop_column("booking_resources", "override_reason")
    op.drop_column("booking_resources", "override_by")
    op.drop_column("patients", "prefers")


def _patients() -> None:
    op.add_column(
        "patients",
        sa.Column(
            "prefers",
            postgresql.ARRAY(sa.Uuid()),
            server_default="{}",
            nullable=False,
        ),
    )


def _overrides() -> None:
    op.add_column(
        "booking_resources",
        sa.Column("override_by", sa.String(length=120), nullable=True),
    )
    op.add_column(
        "booking_resources",
        sa.Column("override_reason", sa.String(length=200), nullable=True),
    )
    op.create_check_constraint(
        "override",
        "booking_resources",
        "NOT overridden OR num_nonnulls(override_by, override_reason) = 2",
    )
    op.create_index(
        "ix_booking_resources_overridden",
        "booking_resources",
        ["resource_id"],
        unique=False,
        postgresql_where=sa.text("active AND overridden"),
    )


def _conflicts() -> None:
    op.create_table(
        "resource_conflicts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_kind", sa.String(length=30), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("appointment1_id", sa.BigInteger(), nullable=False),
        sa.Column("appointment2_id", sa.BigInteger(), nullable=True),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("type", sa.String(length=30), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=120), nullable=True),
        sa.Column("resolution", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "type IN ('DOUBLE_BOOKING', 'MAINTENANCE_OVERLAP', 'CAPACITY_EXCEEDED')",
            name=op.f("ck_resource_conflicts_type"),
        ),
        sa.CheckConstraint(
            "status IN ('UNRESOLVED', 'REASSIGNED', 'OVERRIDE_APPROVED', 'CANCELLED')",
            name=op.f("ck_resource_conflicts_status"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(resolved_at, resolved_by, resolution)"
            " = CASE status WHEN 'UNRESOLVED' THEN 0 ELSE 3 END",
            name=op.f("ck_resource_conflicts_resolved"),
        ),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facilities.id"],
            name=op.f("fk_resource_conflicts_facility_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
            name=op.f("fk_resource_conflicts_resource_id"),
        ),
        sa.ForeignKeyConstraint(
            ["appointment1_id"],
            ["appointments.id"],
            name=op.f("fk_resource_conflicts_appointment1_id"),
        ),
        sa.ForeignKeyConstraint(
            ["appointment2_id"],
            ["appointments.id"],
            name=op.f("fk_resource_conflicts_appointment2_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_conflicts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_resource_conflicts_public_id")),
    )


def _conflict_indexes() -> None:
    op.create_index(
        "ix_resource_conflicts_facility_id",
        "resource_conflicts",
        ["facility_id", "status"],
        unique=False,
    )
    op.create_index(
        "ix_resource_conflicts_appointment1_id",
        "resource_conflicts",
        ["appointment1_id"],
        unique=False,
    )
    op.create_index(
        "ix_resource_conflicts_appointment2_id",
        "resource_conflicts",
        ["appointment2_id"],
        unique=False,
    )
    # The same trouble is on the list once, however often it is found.
    op.create_index(
        "uq_resource_conflicts_open",
        "resource_conflicts",
        [
            "type",
            "resource_id",
            "appointment1_id",
            sa.literal_column("COALESCE(appointment2_id, 0)"),
            "during",
        ],
        unique=True,
        postgresql_where=sa.text("status = 'UNRESOLVED'"),
    )
