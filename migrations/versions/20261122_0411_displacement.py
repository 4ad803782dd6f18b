"""Messages, closed token slots, priorities, displacements and the rebooking list."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    _slots()
    _appointments()
    _displacements()
    _entries()
    _rebookings()
    _messages()
    _message_indexes()


def downgrade() -> None:
    op.drop_table("messages")
    op.drop_table("rebookings")
    op.drop_table("displacement_entries")
    op.drop_table("displacement_slots")
    op.drop_table("displacements")
    op.drop_constraint("ck_appointments_priority", "appointments")
    op.drop_column("appointments", "over_slots")
    op.drop_column("appointments", "priority")
    op.drop_index("ix_token_slots_closed", "token_slots")
    op.drop_constraint("ck_token_slots_closed", "token_slots")
    op.drop_column("token_slots", "kept")
    op.drop_column("token_slots", "closed_at")


def _slots() -> None:
    op.add_column("token_slots", _instant("closed_at", nullable=True))
    op.add_column(
        "token_slots",
        sa.Column("kept", sa.Integer(), server_default="0", nullable=False),
    )
    # A closed slot takes nobody: its places only become fewer.
    op.create_check_constraint(
        "closed", "token_slots", "closed_at IS NULL OR taken <= kept"
    )
    op.create_index(
        "ix_token_slots_closed",
        "token_slots",
        ["resource_id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )


def _appointments() -> None:
    op.add_column(
        "appointments",
        sa.Column("priority", sa.Integer(), server_default="5", nullable=False),
    )
    op.add_column(
        "appointments",
        sa.Column(
            "over_slots", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
    )
    op.create_check_constraint("priority", "appointments", "priority BETWEEN 1 AND 5")


def _displacements() -> None:
    op.create_table(
        "displacements",
        *_named(),
        _number("facility_id"),
        _number("appointment_id"),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_by_name", sa.String(length=200), nullable=False),
        _instant("made_at"),
        sa.CheckConstraint(
            "kind IN ('timed', 'emergency')", name=op.f("ck_displacements_kind")
        ),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_displacements_reason")),
        _refers("displacements", "facility_id", "facilities"),
        _refers("displacements", "appointment_id", "appointments"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_displacements")),
        _unique("displacements", "public_id"),
        _unique("displacements", "appointment_id"),
    )
    op.create_index("ix_displacements_facility_id", "displacements", ["facility_id"])


def _entries() -> None:
    op.create_table(
        "displacement_slots",
        sa.Column("id", sa.BigInteger(), nullable=False),
        _number("displacement_id"),
        _number("token_slot_id"),
        _refers("displacement_slots", "displacement_id", "displacements"),
        _refers("displacement_slots", "token_slot_id", "token_slots"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_displacement_slots")),
    )
    op.create_table(
        "displacement_entries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        _number("displacement_id"),
        _number("appointment_id"),
        sa.Column("outcome", sa.String(length=30), nullable=False),
        sa.Column("was_during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("was_token", sa.String(length=20), nullable=True),
        sa.Column("moved_to", postgresql.TSTZRANGE(), nullable=True),
        sa.Column("token", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('moved', 'listed', 'released')",
            name=op.f("ck_displacement_entries_outcome"),
        ),
        sa.CheckConstraint(
            "(outcome = 'moved') = (moved_to IS NOT NULL)",
            name=op.f("ck_displacement_entries_moved_to"),
        ),
        _refers("displacement_entries", "displacement_id", "displacements"),
        _refers("displacement_entries", "appointment_id", "appointments"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_displacement_entries")),
    )
    for table, column in (
        ("displacement_slots", "displacement_id"),
        ("displacement_entries", "displacement_id"),
        ("displacement_entries", "appointment_id"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _rebookings() -> None:
    op.create_table(
        "rebookings",
        *_named(),
        _number("facility_id"),
        _number("appointment_id"),
        _number("displacement_id", nullable=True),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        _number("proposal_id", nullable=True),
        _number("booked_id", nullable=True),
        sa.Column("listed_by", sa.String(length=120), nullable=False),
        _instant("listed_at"),
        sa.Column("resolved_by", sa.String(length=120), nullable=True),
        _instant("resolved_at", nullable=True),
        sa.Column(
            "resolution", sa.String(length=200), server_default="", nullable=False
        ),
        sa.CheckConstraint(
            "status IN ('open', 'booked', 'cancelled')",
            name=op.f("ck_rebookings_status"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(resolved_by, resolved_at)"
            " = CASE status WHEN 'open' THEN 0 ELSE 2 END",
            name=op.f("ck_rebookings_resolved"),
        ),
        sa.CheckConstraint(
            "(status = 'booked') = (booked_id IS NOT NULL)",
            name=op.f("ck_rebookings_booked"),
        ),
        _refers("rebookings", "facility_id", "facilities"),
        _refers("rebookings", "appointment_id", "appointments"),
        _refers("rebookings", "displacement_id", "displacements"),
        _refers("rebookings", "proposal_id", "appointments"),
        _refers("rebookings", "booked_id", "appointments"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rebookings")),
        _unique("rebookings", "public_id"),
        _unique("rebookings", "proposal_id"),
        _unique("rebookings", "booked_id"),
    )
    op.create_index(
        "ix_rebookings_facility_id", "rebookings", ["facility_id", "status"]
    )
    op.create_index("ix_rebookings_displacement_id", "rebookings", ["displacement_id"])
    # Nobody waits twice for the same place.
    op.create_index(
        "uq_rebookings_open",
        "rebookings",
        ["appointment_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )


def _messages() -> None:
    op.create_table(
        "messages",
        *_named(),
        _number("facility_id"),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        _number("patient_id", nullable=True),
        _number("user_id", nullable=True),
        sa.Column("role", sa.String(length=30), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("channel", sa.String(length=30), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("dedup_key", sa.String(length=160), nullable=False),
        _instant("created_at"),
        sa.CheckConstraint(
            "num_nonnulls(patient_id, user_id, role) = 1",
            name=op.f("ck_messages_one_recipient"),
        ),
        sa.CheckConstraint(
            "role IN ('admin', 'doctor', 'reception', 'nurse', 'location_manager',"
            " 'analyst')",
            name=op.f("ck_messages_role"),
        ),
        sa.CheckConstraint(
            "kind IN ('booked', 'requested', 'approved', 'denied', 'moved',"
            " 'cancelled', 'expired', 'offered', 'displaced')",
            name=op.f("ck_messages_kind"),
        ),
        sa.CheckConstraint(
            "channel IN ('undecided', 'in_app')", name=op.f("ck_messages_channel")
        ),
        sa.CheckConstraint("status IN ('queued')", name=op.f("ck_messages_status")),
        _refers("messages", "facility_id", "facilities"),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.public_id"],
            name=op.f("fk_messages_appointment_id"),
        ),
        _refers("messages", "patient_id", "patients"),
        _refers("messages", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        _unique("messages", "public_id"),
        _unique("messages", "dedup_key"),
    )


def _message_indexes() -> None:
    op.create_index("ix_messages_appointment_id", "messages", ["appointment_id"])
    op.create_index(
        "ix_messages_user_id",
        "messages",
        ["user_id"],
        postgresql_where=sa.text("user_id IS NOT NULL"),
    )
    op.create_index(
        "ix_messages_role",
        "messages",
        ["facility_id", "role"],
        postgresql_where=sa.text("role IS NOT NULL"),
    )


def _named() -> tuple[sa.Column[int], sa.Column[object]]:
    return (
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
    )


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}")
    )


def _unique(table: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(column, name=op.f(f"uq_{table}_{column}"))
