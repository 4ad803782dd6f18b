"""Queues: check-ins, encounters, entries, counters, policies; what patients need."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0020"
down_revision: str | None = "0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_LATER = ("queue_changes", "queue_acts", "queue_entries", "queue_policies")
_EARLIER = ("encounters", "check_ins", "queues", "counters")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    _patients()
    _walk_ins()
    _counters()
    _queues()
    _check_ins()
    _encounters()
    _queue_policies()
    _queue_entries()
    _queue_acts()
    _queue_changes()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for table in _LATER + _EARLIER:
        op.drop_table(table)
    # A walk-in is told as a timed booking to who knows no better.
    op.execute("UPDATE appointments SET kind = 'timed' WHERE kind = 'walk_in'")
    op.execute("UPDATE rule_settings SET active = false WHERE kind = 'walk_in_share'")
    op.drop_constraint("ck_appointments_kind", "appointments")
    op.create_check_constraint("kind", "appointments", "kind IN ('timed', 'token')")
    op.drop_constraint("ck_patients_needs", "patients")
    op.drop_column("patients", "needs")


def _patients() -> None:
    op.add_column(
        "patients",
        sa.Column(
            "needs",
            postgresql.ARRAY(sa.String(length=20)),
            server_default="{}",
            nullable=False,
        ),
    )
    op.create_check_constraint(
        "needs",
        "patients",
        "needs <@ ARRAY['elderly','pregnant','disabled','vip']::varchar[]",
    )


def _walk_ins() -> None:
    op.drop_constraint("ck_appointments_kind", "appointments")
    op.create_check_constraint(
        "kind", "appointments", "kind IN ('timed', 'token', 'walk_in')"
    )


def _counters() -> None:
    op.create_table(
        "counters",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("department_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "active", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        _fk("counters", "department_id", "departments"),
        _fk("counters", "facility_id", "facilities"),
        _unique("counters", "facility_id", "code"),
        _unique("counters", "public_id"),
    )


def _queues() -> None:
    op.create_table(
        "queues",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("walk_ins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("notice", sa.String(length=200), server_default="", nullable=False),
        sa.Column("paces", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "late_minutes BETWEEN 0 AND 600", name=op.f("ck_queues_late_minutes")
        ),
        sa.CheckConstraint("walk_ins >= 0", name=op.f("ck_queues_walk_ins")),
        _fk("queues", "facility_id", "facilities"),
        _fk("queues", "resource_id", "resources"),
        _unique("queues", "facility_id", "resource_id", "day"),
        _unique("queues", "public_id"),
    )
    op.create_index("ix_queues_day", "queues", ["facility_id", "day"])
    op.create_index(
        "ix_queues_unclosed",
        "queues",
        ["day"],
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _check_ins() -> None:
    op.create_table(
        "check_ins",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("how", _choice("how", "desk", "list", "qr", "phone"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        _fk("check_ins", "participant_id", "participants"),
        _unique("check_ins", "id", "participant_id"),
    )
    op.create_index(
        "uq_check_ins_standing",
        "check_ins",
        ["participant_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )


def _encounters() -> None:
    op.create_table(
        "encounters",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("check_in_id", sa.BigInteger(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("type_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            _choice("state", "arrived", "started", "ended", "left", "cancelled"),
            nullable=False,
        ),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("room_seconds", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'arrived' AND started_at IS NULL AND ended_at IS NULL) OR (state = 'started' AND started_at IS NOT NULL AND ended_at IS NULL) OR (state = 'ended' AND num_nonnulls(started_at, ended_at) = 2) OR (state = 'left' AND ended_at IS NOT NULL) OR state = 'cancelled'",
            name=op.f("ck_encounters_times"),
        ),
        sa.ForeignKeyConstraint(
            ["check_in_id", "participant_id"],
            ["check_ins.id", "check_ins.participant_id"],
            name="fk_encounters_check_in",
        ),
        _fk("encounters", "facility_id", "facilities"),
        _fk("encounters", "patient_id", "patients"),
        _fk("encounters", "resource_id", "resources"),
        _fk("encounters", "type_id", "appointment_types"),
        _unique("encounters", "check_in_id"),
        _unique("encounters", "public_id"),
    )
    op.create_index(
        "ix_encounters_pace",
        "encounters",
        ["resource_id", "type_id", sa.literal_column("ended_at DESC")],
        postgresql_where=sa.text("state = 'ended' AND room_seconds IS NOT NULL"),
    )
    op.create_index(
        "ix_encounters_patient_id",
        "encounters",
        ["patient_id", sa.literal_column("arrived_at DESC")],
    )
    op.create_index(
        "uq_encounters_participant",
        "encounters",
        ["participant_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )


def _queue_policies() -> None:
    op.create_table(
        "queue_policies",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("department_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("scoring", sa.String(length=40), nullable=False),
        sa.Column("settings", postgresql.JSONB(), nullable=False),
        sa.Column(
            "walk_ins", _choice("walk_ins", "slots", "share", "queue"), nullable=False
        ),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("skip_places", sa.Integer(), nullable=False),
        sa.Column("no_show_minutes", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.String(length=120), nullable=False),
        sa.Column("saved_by_name", sa.String(length=200), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "no_show_minutes BETWEEN 0 AND 1440",
            name=op.f("ck_queue_policies_no_show_minutes"),
        ),
        sa.CheckConstraint(
            "share BETWEEN 0 AND 100", name=op.f("ck_queue_policies_share")
        ),
        sa.CheckConstraint(
            "skip_places BETWEEN 1 AND 50", name=op.f("ck_queue_policies_skip_places")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_queue_policies_version")),
        _fk("queue_policies", "department_id", "departments"),
        _fk("queue_policies", "facility_id", "facilities"),
        _unique("queue_policies", "public_id"),
    )
    op.create_index(
        "uq_queue_policies_version",
        "queue_policies",
        ["facility_id", sa.literal_column("COALESCE(department_id, 0)"), "version"],
        unique=True,
    )


def _queue_entries() -> None:
    op.create_table(
        "queue_entries",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("queue_id", sa.BigInteger(), nullable=False),
        sa.Column("participant_id", sa.BigInteger(), nullable=False),
        sa.Column("encounter_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            _choice(
                "state",
                "waiting",
                "called",
                "in_room",
                "on_hold",
                "at_tests",
                "done",
                "no_show",
                "off",
            ),
            nullable=False,
        ),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("present_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("walk_in", sa.Boolean(), nullable=False),
        sa.Column(
            "from_share", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column(
            "level", _choice("level", "routine", "urgent", "emergency"), nullable=False
        ),
        sa.Column("needs", postgresql.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("usual_minutes", sa.Integer(), nullable=False),
        sa.Column("skips", sa.Integer(), server_default="0", nullable=False),
        sa.Column("boost_minutes", sa.Integer(), nullable=True),
        sa.Column("boost_by", sa.String(length=200), nullable=True),
        sa.Column("boost_reason", sa.String(length=200), nullable=True),
        sa.Column("boost_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counter_id", sa.BigInteger(), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("in_room_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_low_s", sa.Integer(), nullable=True),
        sa.Column("told_high_s", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'in_room') = (in_room_since IS NOT NULL)",
            name=op.f("ck_queue_entries_in_room"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('called', 'in_room') OR present_at IS NOT NULL",
            name=op.f("ck_queue_entries_present"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(boost_minutes, boost_by, boost_reason, boost_expires_at) IN (0, 4)",
            name=op.f("ck_queue_entries_boost"),
        ),
        sa.CheckConstraint("skips >= 0", name=op.f("ck_queue_entries_skips")),
        sa.CheckConstraint("tier BETWEEN 0 AND 9", name=op.f("ck_queue_entries_tier")),
        _fk("queue_entries", "counter_id", "counters"),
        _fk("queue_entries", "encounter_id", "encounters"),
        _fk("queue_entries", "participant_id", "participants"),
        _fk("queue_entries", "queue_id", "queues"),
        _unique("queue_entries", "public_id"),
    )
    op.create_index(
        "ix_queue_entries_participant_id", "queue_entries", ["participant_id"]
    )
    op.create_index("ix_queue_entries_queue_id", "queue_entries", ["queue_id", "state"])
    op.create_index(
        "uq_queue_entries_open",
        "queue_entries",
        ["participant_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('done', 'no_show', 'off')"),
    )


def _queue_acts() -> None:
    op.create_table(
        "queue_acts",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("queue_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "act",
            _choice(
                "act",
                "check_in",
                "call",
                "recall",
                "skip",
                "hold",
                "bring_back",
                "transfer",
                "start",
                "start_again",
                "complete",
                "tests",
                "present",
                "boost",
                "prioritise",
                "no_show",
                "call_off",
                "pause",
                "late",
                "close",
            ),
            nullable=False,
        ),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        _fk("queue_acts", "entry_id", "queue_entries"),
        _fk("queue_acts", "queue_id", "queues"),
    )
    latest = sa.literal_column("id DESC")
    for column in ("entry_id", "queue_id"):
        op.create_index(f"ix_queue_acts_{column}", "queue_acts", [column, latest])


def _queue_changes() -> None:
    op.create_table(
        "queue_changes",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("queue_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _fk("queue_changes", "queue_id", "queues"),
    )
    op.create_index("ix_queue_changes_queue_id", "queue_changes", ["queue_id", "at"])


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=30
    )


def _fk(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name)


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    name = op.f(f"uq_{table}_{'_'.join(columns)}")
    return sa.UniqueConstraint(*columns, name=name)
