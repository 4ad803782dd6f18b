"""Teams, procedures, and what an appointment is for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_KINDS = "'practitioner', 'room', 'chair', 'location', 'equipment'"
_ORIGINAL = (
    "CASE kind"
    " WHEN 'practitioner' THEN practitioner_id IS NOT NULL"
    " WHEN 'equipment' THEN equipment_id IS NOT NULL{team}"
    " ELSE location_id IS NOT NULL END"
    " AND num_nonnulls(practitioner_id, location_id, equipment_id) = {number}"
)
_PART = (
    "offset_minutes BETWEEN -1440 AND 1440"
    " AND (minutes IS NULL OR minutes BETWEEN 1 AND 1440)"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    _team_kind()
    _team_members()
    _links()
    _procedures()
    _procedure_rows()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for table in ("procedure_needs", "procedure_patients", "procedures"):
        op.drop_table(table)
    op.drop_index("uq_appointments_one_procedure", "appointments")
    op.drop_index("ix_appointments_linked_id", "appointments")
    op.drop_constraint("ck_appointments_link", "appointments")
    op.drop_column("appointments", "linked_id")
    op.drop_column("appointments", "linked_kind")
    op.drop_table("team_members")
    op.execute(
        "DELETE FROM posts USING resources"
        " WHERE resources.id = posts.resource_id AND resources.kind = 'team'"
    )
    op.execute("DELETE FROM resources WHERE kind = 'team'")
    op.drop_constraint("uq_resources_id_kind", "resources")
    _check(_KINDS, _ORIGINAL.format(team="", number=1))


def _check(kinds: str, original: str) -> None:
    op.drop_constraint("ck_resources_kind", "resources")
    op.create_check_constraint("kind", "resources", f"kind IN ({kinds})")
    op.drop_constraint("ck_resources_one_original", "resources")
    op.create_check_constraint("one_original", "resources", original)


def _team_kind() -> None:
    number = "CASE kind WHEN 'team' THEN 0 ELSE 1 END"
    _check(
        f"{_KINDS}, 'team'",
        _ORIGINAL.format(team=" WHEN 'team' THEN TRUE", number=number),
    )
    op.create_unique_constraint("uq_resources_id_kind", "resources", ["id", "kind"])


def _team_members() -> None:
    op.create_table(
        "team_members",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "team_kind", sa.String(length=30), server_default="team", nullable=False
        ),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_kind", sa.String(length=30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), server_default="", nullable=False),
        sa.Column("offset_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "team_kind = 'team'", name=op.f("ck_team_members_of_a_team")
        ),
        sa.CheckConstraint(
            "resource_kind <> 'team'", name=op.f("ck_team_members_no_team_in_a_team")
        ),
        sa.CheckConstraint(_PART, name=op.f("ck_team_members_part")),
        sa.ForeignKeyConstraint(
            ["team_id", "team_kind"],
            ["resources.id", "resources.kind"],
            name=op.f("fk_team_members_team_id_team_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id", "resource_kind"],
            ["resources.id", "resources.kind"],
            name=op.f("fk_team_members_resource_id_resource_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_members")),
        sa.UniqueConstraint(
            "team_id", "resource_id", name=op.f("uq_team_members_team_id_resource_id")
        ),
    )
    op.create_index("ix_team_members_resource_id", "team_members", ["resource_id"])


def _links() -> None:
    op.add_column("appointments", sa.Column("linked_kind", sa.String(length=40)))
    op.add_column("appointments", sa.Column("linked_id", sa.Uuid()))
    op.create_check_constraint(
        "link", "appointments", "num_nonnulls(linked_kind, linked_id) IN (0, 2)"
    )
    op.create_index(
        "ix_appointments_linked_id",
        "appointments",
        ["linked_id"],
        postgresql_where=sa.text("linked_id IS NOT NULL"),
    )
    # A procedure is done once: it has one appointment that is live or completed.
    op.create_index(
        "uq_appointments_one_procedure",
        "appointments",
        ["linked_id"],
        unique=True,
        postgresql_where=sa.text(
            "linked_kind = 'procedure' AND status IN ('held', 'requested',"
            " 'scheduled', 'checked_in', 'in_progress', 'completed')"
        ),
    )


def _procedures() -> None:
    op.create_table(
        "procedures",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("facility_id", sa.BigInteger(), nullable=False),
        sa.Column("department_id", sa.BigInteger(), nullable=True),
        sa.Column("type_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("cancel_reason", sa.String(length=200), nullable=False),
        sa.Column("created_by", sa.String(length=120), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "minutes BETWEEN 1 AND 1440", name=op.f("ck_procedures_minutes")
        ),
        sa.CheckConstraint(
            "priority BETWEEN 1 AND 5", name=op.f("ck_procedures_priority")
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_procedures_revision")),
        sa.CheckConstraint(
            "status IN ('planned', 'cancelled')", name=op.f("ck_procedures_status")
        ),
        _to("procedures", "facility_id", "facilities"),
        _to("procedures", "department_id", "departments"),
        _to("procedures", "type_id", "appointment_types"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedures")),
        sa.UniqueConstraint("public_id", name=op.f("uq_procedures_public_id")),
    )
    op.create_index(
        "ix_procedures_facility_id", "procedures", ["facility_id", "status"]
    )


def _procedure_rows() -> None:
    op.create_table(
        "procedure_patients",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("procedure_id", sa.BigInteger(), nullable=False),
        sa.Column("patient_id", sa.BigInteger(), nullable=False),
        _to("procedure_patients", "procedure_id", "procedures"),
        _to("procedure_patients", "patient_id", "patients"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_patients")),
        sa.UniqueConstraint(
            "procedure_id",
            "patient_id",
            name=op.f("uq_procedure_patients_procedure_id_patient_id"),
        ),
    )
    op.create_index(
        "ix_procedure_patients_patient_id", "procedure_patients", ["patient_id"]
    )
    op.create_table(
        "procedure_needs",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("procedure_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=True),
        sa.Column("capability", sa.String(length=40), nullable=False),
        sa.Column("department_id", sa.BigInteger(), nullable=True),
        sa.Column("offset_minutes", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN resource_id IS NULL"
            " THEN kind IS NOT NULL OR capability <> '' OR department_id IS NOT NULL"
            " ELSE kind IS NULL AND capability = '' AND department_id IS NULL END",
            name=op.f("ck_procedure_needs_named_or_any"),
        ),
        sa.CheckConstraint(_PART, name=op.f("ck_procedure_needs_part")),
        _to("procedure_needs", "procedure_id", "procedures"),
        _to("procedure_needs", "resource_id", "resources"),
        _to("procedure_needs", "department_id", "departments"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_needs")),
        sa.UniqueConstraint(
            "procedure_id",
            "position",
            name=op.f("uq_procedure_needs_procedure_id_position"),
        ),
    )


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}")
    )
